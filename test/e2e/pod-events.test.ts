import { describe, expect, it } from 'vitest';

import { randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { hasOutcome } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { GREETING, startScenario, type ScenarioOptions } from './support/scenario.ts';
import { serviceAccount } from './support/workloads.ts';

const namespace = useNamespace();

const rules = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

interface Event {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly series?: { readonly count: number };
  readonly reportingController: string;
}

/** The events that rehup wrote on the pod, the oldest first. */
async function eventsOf(pod: string): Promise<Event[]> {
  const { items } = await kubectlJson<{ items: (Event & { regarding: { name: string } })[] }>([
    'get',
    'events.events.k8s.io',
    `--namespace=${namespace()}`,
    '--sort-by=.metadata.creationTimestamp',
  ]);
  return items.filter(
    (each) => each.regarding.name === pod && each.reportingController === 'rehup.dev/rehup',
  );
}

/** A pod whose rehup may write events. */
async function start(events: string, { apps, rehup }: Pick<ScenarioOptions, 'apps' | 'rehup'>) {
  const name = randomName('events');
  return await startScenario(namespace(), {
    name,
    serviceAccountName: name,
    objects: serviceAccount({ namespace: namespace(), name, rules }),
    ...(apps && { apps }),
    rehup: { ...rehup, env: { REHUP_EVENTS: events, ...rehup?.env } },
  });
}

async function waitForReasons(pod: string, reasons: readonly string[]): Promise<Event[]> {
  return await waitForCluster(`the events ${reasons.join(', ')}`, async () => {
    const events = await eventsOf(pod);
    return events.map(({ reason }) => reason).join() === reasons.join() && events;
  });
}

describe.concurrent('REHUP_EVENTS', () => {
  it('tells of a reload, a failure that goes on, and the recovery', async () => {
    await using scenario = await start('true', {
      apps: [{ env: { APP_HTTP_PORT: '8080' } }],
      rehup: {
        env: {
          REHUP_VERIFY_URL: 'http://127.0.0.1:8080/content',
          REHUP_VERIFY_MATCH: 'good',
          REHUP_VERIFY_TIMEOUT: '1s',
          REHUP_RETRY_MAX_DELAY: '1s',
        },
      },
    });
    const { pod } = scenario;
    await scenario.reloadWith('good');
    const bad = { greeting: 'three' };
    await scenario.changeAndHear(bad, 'that it failed', hasOutcome('unverified'), 3);
    const failed = await waitForReasons(pod.name, ['ConfigReloaded', 'ConfigReloadFailed']);
    expect(failed[1]).toMatchObject({
      type: 'Warning',
      note: expect.stringContaining('REHUP_VERIFY_MATCH'),
    });
    // Three refusals are one event that is counted.
    await waitForCluster('the count of the failures', async () => {
      const [, again] = await eventsOf(pod.name);
      return (again?.series?.count ?? 0) >= 2;
    });
    await scenario.reloadWith('good again');
    const all = await waitForReasons(pod.name, [
      'ConfigReloaded',
      'ConfigReloadFailed',
      'ConfigReloadRecovered',
    ]);
    expect(all.map(({ note }) => note).join()).not.toContain('three');
    expect(await kubectl(['describe', 'pod', pod.name, `--namespace=${namespace()}`])).toContain(
      'ConfigReloadRecovered',
    );
  });

  it('leaves out what went well with "warnings", and names what takes a person', async () => {
    await using scenario = await start('warnings', {
      apps: [{ env: { APP_SIGNAL: 'none' } }],
    });
    await scenario.changeAndHear({ greeting: 'two' }, 'that it refused', hasOutcome('no-handler'));
    const [event] = await waitForReasons(scenario.pod.name, ['ConfigNotReloadable']);
    expect(event?.note).toContain('remedy: ');
  });

  it('goes on without them where it may not write them, and says which verb is missing', async () => {
    await using scenario = await startScenario(namespace(), {
      name: randomName('events'),
      serviceAccountName: 'default',
      rehup: { env: { REHUP_EVENTS: 'true' } },
    });
    await scenario.reloadWith('two');
    const line = await scenario.pod.waitForLine(
      'rehup',
      'which verb is missing',
      ({ msg }) => msg === 'kubernetes api problem',
    );
    expect(line.remedy).toBe(
      'add to its Role: - {apiGroups: [""], resources: ["pods"], verbs: ["get"]}',
    );
    expect(await scenario.pod.exec('app', 'cat', GREETING)).toBe('two');
  });
});
