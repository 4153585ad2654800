import { expect, it } from 'vitest';

import {
  hasOutcome,
  hasRead,
  isReloaded,
  type LinePredicate,
  type LogLine,
} from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { waitForRestart } from './support/pod.ts';
import { APP_UID } from './support/pod-spec.ts';
import { GREETING, startScenario, type Scenario } from './support/scenario.ts';

const namespace = useNamespace();

it('spares an app without a handler for SIGHUP, and names the settings that help', async () => {
  await using scenario = await startScenario(namespace(), {
    apps: [{ env: { APP_SIGNAL: 'none' } }],
  });

  const line = await refusalOf(scenario, hasOutcome('no-handler'));

  expect(line.remedy).toMatch(/REHUP_SIGNAL|REHUP_URL/);
  // The signal would have ended it. The kubelet reports a container some time after it runs.
  await waitForRestart(scenario.pod, 'app', 0);
  expect(await scenario.pod.status('app')).toMatchObject({ restartCount: 0 });
});

it('names the user to run as when the app runs as another one, and reloads once that is done', async () => {
  const otherUid = APP_UID + 1;
  const apps = [{ uid: otherUid }];
  let remedy: string | undefined;
  {
    await using scenario = await startScenario(namespace(), { apps });
    const line = await refusalOf(scenario, hasOutcome('not-permitted'));
    expect((await scenario.pod.logs('app')).filter(isReloaded)).toEqual([]);
    remedy = line.remedy;
  }
  expect(remedy).toContain(`runAsUser: ${otherUid}`);

  // The remedy as a user applies it: the number that it names.
  const uid = Number(/runAsUser: (\d+)/.exec(remedy ?? '')?.[1]);
  await using remedied = await startScenario(namespace(), { apps, rehup: { uid } });
  await remedied.reloadWith('two');
});

it('says that shareProcessNamespace is missing', async () => {
  await using scenario = await startScenario(namespace(), { shareProcessNamespace: false });

  const line = await refusalOf(scenario, hasOutcome('no-target'));

  expect(line.remedy).toContain('shareProcessNamespace: true');
  expect((await scenario.pod.logs('app')).some(hasRead(GREETING, 'two'))).toBe(false);
});

/** Changes the content, and returns the line in which rehup says why it does not reload. */
async function refusalOf(scenario: Scenario, holds: LinePredicate): Promise<LogLine> {
  const { pod } = scenario;
  await scenario.setGreeting('two');
  return pod.pokeUntil(pod.waitForLine('rehup', 'why it does not reload', holds));
}
