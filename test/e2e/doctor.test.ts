// What users get wrong, on a real cluster: doctor names it, and what it prints makes the reload work.
import { describe, expect, it } from 'vitest';

import type { Fault } from '../../src/system/fault.ts';
import type { Problem } from '../support/doctor/report.ts';
import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { applyRemedy, runDoctor } from './support/doctor.ts';
import { kubectl } from './support/kubectl.ts';
import { hasRead, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import {
  APP_UID,
  appContainer,
  configMap,
  configMapVolume,
  type Container,
  type ContainerOptions,
  type PodManifest,
  podManifest,
  rehupContainer,
} from './support/pod-spec.ts';
import { startPod } from './support/pod.ts';
import { startScenario } from './support/scenario.ts';
import { serviceAccount } from './support/workloads.ts';

const namespace = useNamespace();

interface Case {
  readonly fault: Fault;
  readonly what: string;
  readonly apps?: readonly ContainerOptions[];
  readonly rehup?: ContainerOptions;
  readonly shareProcessNamespace?: boolean;
  /** Makes of the rehup container what the options cannot. */
  readonly edit?: (rehup: Container) => Container;
  /** Which of the remedies is applied. Default: the first. */
  readonly remedy?: number;
  /** Where the app reads its file once the remedy is applied. */
  readonly file?: string;
}

const APP: ContainerOptions = { mounts: { config: '/etc/app' } };
const REHUP: ContainerOptions = { mounts: { config: '/watched/config' } };
const FILE = '/etc/app/greeting';

const cases: readonly Case[] = [
  {
    fault: 'process-namespace-not-shared',
    what: 'the pod does not share its process namespace',
    shareProcessNamespace: false,
  },
  { fault: 'other-uid', what: 'two uids', rehup: { ...REHUP, uid: APP_UID + 1 } },
  {
    fault: 'other-uid',
    what: 'two uids, and rehup is to be root with KILL',
    rehup: { ...REHUP, uid: APP_UID + 1 },
    remedy: 1,
  },
  {
    fault: 'kill-without-effect',
    what: 'KILL in a container that is not root',
    rehup: { ...REHUP, uid: APP_UID + 1 },
    edit: (rehup) => ({
      ...rehup,
      securityContext: {
        ...rehup.securityContext,
        capabilities: { drop: ['ALL'], add: ['KILL'] },
      },
    }),
  },
  {
    fault: 'no-handler',
    what: 'the app takes another signal',
    apps: [{ ...APP, env: { APP_SIGNAL: 'SIGUSR2' } }],
  },
  {
    fault: 'target-not-found',
    what: 'the container is spelt wrong',
    rehup: { ...REHUP, env: { REHUP_TARGET: 'container:ap-p' } },
  },
  {
    fault: 'target-ambiguous',
    what: 'two containers mount the volume',
    apps: [APP, { ...APP, name: 'other' }],
    // The first two name one of them each, the last one all.
    remedy: 2,
  },
  {
    fault: 'app-mounts-sub-path',
    what: 'the app mounts the key by subPath',
    apps: [{ mounts: { config: FILE }, subPaths: { config: 'greeting' } }],
    file: '/etc/app/config/greeting',
  },
  {
    fault: 'volume-by-sub-path',
    what: 'rehup mounts the key by subPath',
    rehup: { mounts: { config: '/watched/greeting' }, subPaths: { config: 'greeting' } },
  },
  {
    fault: 'app-mounts-nothing',
    what: 'the app does not mount the volume',
    apps: [{}],
    file: '/watched/config/greeting',
  },
  {
    fault: 'setting-without-effect',
    what: 'an option does nothing',
    rehup: { ...REHUP, env: { REHUP_GRACE: '10s' } },
  },
];

describe.concurrent('rehup doctor in a pod', () => {
  it('finds nothing where nothing is wrong', async () => {
    await using scenario = await startScenario(namespace());
    expect(await runDoctor(scenario.pod)).toEqual({ exitCode: 0, problems: [] });
    const text = await scenario.pod.exec('rehup', 'rehup', 'doctor');
    expect(text).toMatch(/^✓ permission: uid \d+ may signal app\//m);
    await scenario.reloadWith('two');
  });

  it.each(cases)('names $fault: $what', async (row) => {
    const name = randomName('doctor');
    const manifest = toManifest(name, row);
    const [problem] = await findProblems(manifest);
    expect(problem?.id).toBe(row.fault);
    const remedied = readFrom(row.file ?? FILE, remedy(manifest, problem, row.remedy));
    await using pod = await startPod(
      { ...remedied, metadata: { ...remedied.metadata, name: `${name}-2` } },
      [],
    );
    await pod.waitForLine('app', 'that it has started', isStarted);
    await pod.waitForLine('rehup', 'that it watches', says('watching'));
    const { problems } = await runDoctor(pod);
    expect(problems).toEqual([]);
    await apply([configMap(namespace(), name, { greeting: 'two' })]);
    await pod.pokeUntil(
      pod.waitForLine('app', 'that it has read "two"', hasRead(row.file ?? FILE, 'two')),
    );
  });
});

describe.concurrent('rehup doctor with the Kubernetes API', () => {
  it('names an object that is immutable', async () => {
    await using scenario = await startWithAccount([
      { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get'] },
    ]);
    expect((await runDoctor(scenario.pod)).problems).toEqual([]);
    const patch = JSON.stringify({ immutable: true });
    const { configMapName } = scenario;
    const inNamespace = `--namespace=${namespace()}`;
    await kubectl(['patch', 'configmap', configMapName, inNamespace, `--patch=${patch}`]);
    expect((await runDoctor(scenario.pod)).problems).toMatchObject([
      { id: 'object-immutable', seen: expect.stringContaining(`ConfigMap/${configMapName}`) },
    ]);
  });

  it('says by how much the object is newer than the mount, until the kubelet has brought it', async () => {
    await using scenario = await startWithAccount([
      { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get'] },
    ]);
    // The kubelet syncs a pod when it wants to, at times before anybody can look.
    let edits = 0;
    const problems = await waitForCluster('doctor to look before the kubelet does', async () => {
      edits += 1;
      await scenario.setGreeting(`edit ${edits}`);
      const found = (await runDoctor(scenario.pod)).problems;
      return found.length > 0 && found;
    });
    expect(problems).toMatchObject([
      { id: 'object-newer', seen: expect.stringMatching(/has newer greeting .* \d+ s ago/) },
    ]);
    await scenario.reloadWith('the last');
    expect((await runDoctor(scenario.pod)).problems).toEqual([]);
  });

  it('prints the Role that is missing, and kubectl takes it as it is', async () => {
    await using scenario = await startWithAccount(
      [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      { env: { REHUP_PROMPT: 'true', REHUP_EVENTS: 'true' } },
    );
    const { problems, exitCode } = await runDoctor(scenario.pod);
    expect(exitCode).toBe(5);
    // The account of this test is that of the whole pod, which doctor says as well.
    expect(problems.map(({ id }) => id).toSorted()).toEqual(['api-forbidden', 'token-shared']);
    const forbidden = problems.find(({ id }) => id === 'api-forbidden');
    const manifest = forbidden?.remedies[0]?.manifest ?? '';
    await kubectl(['apply', '--filename=-'], { input: manifest });
    const after = await runDoctor(scenario.pod);
    expect(after.exitCode).toBe(0);
    expect(after.problems.map(({ id }) => id)).toEqual(['token-shared']);
    await scenario.pod.waitForLine('rehup', 'that it works', says('kubernetes api works again'));
  });
});

type Rules = Parameters<typeof serviceAccount>[0]['rules'];

async function startWithAccount(
  rules: Rules,
  rehup: ContainerOptions = {},
): ReturnType<typeof startScenario> {
  const name = randomName('doctor');
  return await startScenario(namespace(), {
    name,
    serviceAccountName: name,
    objects: serviceAccount({ namespace: namespace(), name, rules }),
    rehup,
  });
}

function toManifest(name: string, row: Case): PodManifest {
  const { apps = [APP], rehup = REHUP, edit = (same) => same } = row;
  const { shareProcessNamespace = true } = row;
  const containers = apps.map((app) =>
    appContainer({ ...app, env: { APP_FILES: FILE, ...app.env } }),
  );
  return podManifest({
    namespace: namespace(),
    name,
    shareProcessNamespace,
    containers: [...containers, edit(rehupContainer(rehup))],
    volumes: { config: configMapVolume(name) },
  });
}

/** All that doctor finds in such a pod, which is gone afterwards. */
async function findProblems(manifest: PodManifest): Promise<readonly Problem[]> {
  const { name } = manifest.metadata;
  const data = configMap(namespace(), name, { greeting: 'one' });
  await using pod = await startPod(manifest, [data]);
  const others = manifest.spec.containers.filter((container) => container.name !== 'rehup');
  for (const app of others) await pod.waitForLine(app.name, 'that it has started', isStarted);
  await pod.waitForLine('rehup', 'that it watches', says('watching'));
  const { problems } = await runDoctor(pod);
  expect(problems).toHaveLength(1);
  return problems;
}

function remedy(manifest: PodManifest, problem: Problem | undefined, index = 0): PodManifest {
  const chosen = problem?.remedies[index];
  if (chosen === undefined) throw new Error(`there is no such remedy: ${JSON.stringify(problem)}`);
  return applyRemedy(manifest, chosen);
}

/** The app is told where its file is now. */
function readFrom(file: string, manifest: PodManifest): PodManifest {
  const value = `[{name: APP_FILES, value: ${file}}]`;
  const path = 'spec.containers[name=app].env';
  return applyRemedy(manifest, { changes: [{ path, value }] });
}
