// Each mistake that users make: doctor names it, alone, and what doctor prints makes the reload work.
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/system/fault.ts';
import { pidNamespaces } from '../../support/abilities.ts';
import { applyRemedy } from '../../support/doctor/apply.ts';
import type { Problem } from '../../support/doctor/report.ts';
import {
  asUserWithKill,
  CONFIG,
  type RunningPod,
  type Situation,
  startPod,
} from '../../support/doctor/situation.ts';
import type { VolumeMount } from '../../support/pod-scene/pod-spec.ts';
import { programCommand, shellCommand } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const MOUNTED: readonly VolumeMount[] = [{ volume: 'config' }];
const KEY: readonly VolumeMount[] = [
  { volume: 'config', subPath: '..data/app.conf', path: '/etc/app.conf' },
];
const BOTH = { app: MOUNTED, rehup: MOUNTED };
const ALONE: Pick<Situation, 'containers' | 'apps'> = { containers: BOTH, apps: { app: {} } };
const SIGUSR2 = 12;

interface Case {
  readonly fault: Fault;
  readonly status?: 'warn' | 'fail';
  readonly what: string;
  readonly situation: Situation;
  readonly sees: RegExp;
  /** Which of the remedies is applied. Default: the first. */
  readonly remedy?: number;
  /** What the test has to do itself, since no YAML does. */
  readonly afterwards?: (situation: Situation) => Situation;
  /** The container whose app is reloaded in the end. */
  readonly reloads?: string;
}

const cases: readonly Case[] = [
  {
    fault: 'process-namespace-not-shared',
    what: 'the pod does not share its process namespace',
    situation: { ...ALONE, shareProcessNamespace: false },
    sees: /does not share its process namespace/,
  },
  {
    fault: 'other-uid',
    what: 'the app runs as another uid',
    situation: { ...ALONE, apps: { app: { uid: 4001 } }, rehup: { uid: 4002 } },
    sees: /rehup runs as uid 4002 and app\/app \(\d+\) as uid 4001/,
  },
  {
    fault: 'other-uid',
    what: 'the app runs as another uid, and rehup is to be root',
    situation: { ...ALONE, apps: { app: { uid: 4001 } }, rehup: { uid: 4002 } },
    sees: /it takes the same uid/,
    remedy: 1,
  },
  {
    fault: 'kill-without-effect',
    what: 'KILL was added to a container that is not root',
    situation: {
      ...ALONE,
      apps: { app: { uid: 4001 } },
      rehup: { prefix: asUserWithKill(4002) },
    },
    sees: /the capability KILL that was added has no effect/,
  },
  {
    fault: 'no-handler',
    what: 'the app reloads at another signal',
    situation: {
      ...ALONE,
      apps: {
        app: {
          command: (file) =>
            shellCommand({ signal: SIGUSR2, action: `echo reloaded "$(cat ${file})"` }),
        },
      },
    },
    sees: /has no handler for SIGHUP/,
  },
  {
    fault: 'no-handler',
    what: 'a shell stands before the app',
    situation: {
      ...ALONE,
      apps: {
        app: {
          command: (file) => [
            '/bin/sh',
            '-c',
            '"$@"; exit',
            'sh',
            ...programCommand('handler', 'app', file),
          ],
        },
      },
    },
    sees: /app\/sh \(\d+\) has no handler for SIGHUP/,
  },
  {
    fault: 'target-not-found',
    what: 'the name of the target is spelt wrong',
    situation: { ...ALONE, rehup: { env: { REHUP_TARGET: 'name:App' } } },
    sees: /no process named App is running.*app\/app \(\d+\) is name:app \(case counts\)/,
  },
  {
    fault: 'target-not-found',
    what: 'the name of the target is longer than the kernel keeps',
    situation: {
      ...ALONE,
      apps: { app: { command: (file) => programCommand('handler', 'my-long-name-of', file) } },
      rehup: { env: { REHUP_TARGET: 'name:my-long-name-of-it' } },
    },
    sees: /the kernel keeps 15 characters of a name/,
  },
  {
    fault: 'target-not-found',
    what: 'the container of the target is spelt wrong',
    situation: { ...ALONE, rehup: { env: { REHUP_TARGET: 'container:appp' } } },
    sees: /no process of a container named appp is running; seen: app$/,
  },
  {
    fault: 'target-ambiguous',
    what: 'two containers mount the volume',
    situation: {
      containers: { one: MOUNTED, app: MOUNTED, rehup: MOUNTED },
      apps: { one: {}, app: {} },
    },
    sees: /2 containers mount the volume/,
    remedy: 1,
  },
  {
    fault: 'target-is-exec-session',
    what: 'the target is a kubectl exec session',
    situation: {
      ...ALONE,
      rehup: { env: { REHUP_TARGET: 'name:session' } },
      meanwhile: async ({ scene }) => {
        const session = await scene.start('app', programCommand('no-handler', 'session'));
        await session.line('ready');
      },
    },
    sees: /the only process named session is app\/session \(\d+\), which came by kubectl exec/,
  },
  {
    fault: 'target-in-init-container',
    status: 'warn',
    what: 'only an init container runs',
    situation: {
      containers: { 'init-config': MOUNTED, ...BOTH },
      apps: { 'init-config': {} },
    },
    sees: /init-config seems, by its name, to be an init container/,
    // The placeholder stands for the app that does not run yet, and then does.
    afterwards: (situation) => ({
      ...situation,
      apps: { 'init-config': {}, app: {} },
      rehup: { env: { REHUP_TARGET: 'container:app' } },
    }),
  },
  {
    fault: 'volume-not-mounted',
    what: 'rehup does not mount the volume',
    situation: { ...ALONE, containers: { app: MOUNTED, rehup: [] } },
    sees: /no ConfigMap, Secret, projected or downwardAPI volume is mounted/,
  },
  {
    fault: 'volume-absent',
    what: 'one of the paths to watch is not there',
    situation: { ...ALONE, rehup: { env: { REHUP_WATCH: '/etc/config,/etc/missing' } } },
    sees: /\/etc\/missing does not exist/,
  },
  {
    fault: 'volume-unreadable',
    what: 'rehup may not read the keys',
    situation: {
      ...ALONE,
      volumes: { config: { payload: { 'app.conf': 'one' }, options: { defaultMode: 0o400 } } },
      apps: { app: { uid: 4001 } },
      rehup: { uid: 4001 },
    },
    sees: /\/etc\/config cannot be read: EACCES/,
  },
  {
    fault: 'volume-not-watched',
    status: 'warn',
    what: 'the app mounts another volume, too',
    situation: {
      ...ALONE,
      volumes: { ...CONFIG, more: { payload: { 'more.conf': 'one' } } },
      containers: { app: [...MOUNTED, { volume: 'more' }], rehup: MOUNTED },
    },
    sees: /container app mounts the ConfigMap volume more at \/etc\/more, and rehup does not/,
  },
  {
    fault: 'setting-invalid',
    what: 'a value cannot be read',
    situation: { ...ALONE, rehup: { env: { REHUP_SETTLE: 'soon' } } },
    sees: /REHUP_SETTLE=soon is not a duration/,
  },
  {
    fault: 'app-mounts-sub-path',
    what: 'the app mounts the key by subPath',
    situation: { ...ALONE, containers: { app: KEY, rehup: MOUNTED } },
    sees: /by subPath, which never updates in a running container$/,
  },
  {
    fault: 'app-mounts-sub-path',
    what: 'the app mounts the key by subPath, and has missed an update',
    situation: {
      ...ALONE,
      containers: { app: KEY, rehup: MOUNTED },
      meanwhile: async ({ scene }) =>
        void (await scene.volume('config').write({ 'app.conf': 'new' })),
    },
    sees: /stale since the last swap at \d{4}-/,
  },
  {
    fault: 'app-mounts-sub-path',
    what: 'the app that is named mounts the key by subPath',
    situation: {
      ...ALONE,
      containers: { app: KEY, rehup: MOUNTED },
      rehup: { env: { REHUP_TARGET: 'container:app' } },
    },
    sees: /by subPath, which never updates/,
  },
  {
    fault: 'volume-by-sub-path',
    what: 'rehup mounts the key by subPath',
    situation: { ...ALONE, containers: { app: MOUNTED, rehup: KEY } },
    sees: /\/etc\/app\.conf is mounted by subPath, and never updates/,
  },
  {
    fault: 'app-mounts-nothing',
    what: 'the app does not mount the volume',
    situation: { ...ALONE, containers: { app: [], rehup: MOUNTED } },
    sees: /no running app in another container mounts the volume at \/etc\/config; seen: app$/,
  },
  {
    fault: 'env-only',
    what: 'the app takes the content from its environment',
    situation: {
      ...ALONE,
      volumes: { config: { payload: { 'app.conf': 'one', GREETING: 'hello' } } },
      containers: { app: [], rehup: MOUNTED },
      apps: { app: { env: { GREETING: 'hello' } } },
    },
    sees: /app has GREETING in its environment, which is read once/,
    // The first one restarts the container, which takes a kubelet.
    remedy: 1,
  },
  {
    fault: 'not-kubelet-volume',
    status: 'warn',
    what: 'rehup watches an emptyDir that something copies the content to',
    situation: {
      ...ALONE,
      volumes: { ...CONFIG, scratch: { kind: 'empty-dir', payload: {} } },
      containers: { app: [...MOUNTED, { volume: 'scratch' }], rehup: [{ volume: 'scratch' }] },
      rehup: { env: { REHUP_WATCH: '/etc/scratch', REHUP_TARGET: 'container:app' } },
    },
    sees: /\/etc\/scratch is an emptyDir volume scratch, not a volume that the kubelet updates/,
  },
  {
    fault: 'no-key-counts',
    what: 'the globs leave no key',
    situation: { ...ALONE, rehup: { env: { REHUP_INCLUDE: '*.yaml' } } },
    sees: /REHUP_INCLUDE leave no key of \/etc\/config that counts: it has app\.conf/,
  },
  {
    fault: 'setting-conflict',
    what: 'settings contradict each other',
    situation: {
      ...ALONE,
      rehup: { env: { REHUP_SIGNAL: 'HUP', REHUP_URL: 'http://127.0.0.1:1/' } },
    },
    sees: /REHUP_SIGNAL and REHUP_URL are two actions/,
    remedy: 1,
  },
  {
    fault: 'setting-unknown',
    what: 'a setting is spelt wrong',
    situation: { ...ALONE, rehup: { env: { REHUP_SETLE: '100ms' } } },
    sees: /REHUP_SETLE is not known; did you mean REHUP_SETTLE\?/,
  },
  {
    fault: 'setting-without-effect',
    status: 'warn',
    what: 'a setting does nothing',
    situation: { ...ALONE, rehup: { env: { REHUP_GRACE: '10s' } } },
    sees: /REHUP_GRACE has no effect without REHUP_RESTART/,
  },
  {
    fault: 'dry-run',
    status: 'warn',
    what: 'the dry run was forgotten',
    situation: { ...ALONE, rehup: { env: { REHUP_DRY_RUN: 'true' } } },
    sees: /everything is done but the action/,
  },
  {
    fault: 'state-directory-not-writable',
    what: 'the state directory is not there',
    situation: { ...ALONE, rehup: { env: { REHUP_STATE_DIR: '/etc/rehup-state' } } },
    sees: /\/etc\/rehup-state \(REHUP_STATE_DIR\) cannot be written: ENOENT/,
  },
  {
    fault: 'state-directory-not-kept',
    status: 'warn',
    what: 'the state directory is in the container',
    situation: { ...ALONE, rehup: { env: { REHUP_STATE_DIR: '/var/lib' } } },
    sees: /\/var\/lib \(REHUP_STATE_DIR\) is not a mount/,
    remedy: 1,
  },
];

describe.skipIf(missing)(`rehup doctor${note}`, () => {
  it('finds nothing where nothing is wrong', async () => {
    await using pod = await startPod(ALONE);
    const report = await pod.doctor();
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(report.passed).toContain('permission');
    expect(pod.app('app').lines).toEqual(['ready']);
    await expectReload(pod, 'app');
  });

  it.for(cases)('names $fault: $what', async (row) => {
    const { fault, status = 'fail', situation, sees } = row;
    const problem = await diagnose(situation, fault);
    expect(problem).toMatchObject({ status, seen: expect.stringMatching(sees) });
    expect(problem.why).not.toBe('');
    const remedied = remedy(row, problem);
    await using pod = await startPod(remedied);
    await expectReload(pod, row.reloads ?? 'app');
    expect((await pod.doctor()).problems).toEqual([]);
  });
});

/** What doctor finds: this, and nothing else. */
async function diagnose(situation: Situation, fault: Fault): Promise<Problem> {
  await using pod = await startPod(situation);
  const { problems, exitCode } = await pod.doctor();
  expect(problems.map(({ id }) => id)).toEqual([fault]);
  const [problem] = problems;
  if (problem === undefined) throw new Error('nothing was found');
  expect(exitCode).toBe(problem.status === 'fail' ? 5 : 0);
  return problem;
}

function remedy({ situation, remedy: index = 0, afterwards }: Case, problem: Problem): Situation {
  if (afterwards) return afterwards(situation);
  const chosen = problem.remedies[index];
  if (chosen === undefined) throw new Error(`there is no such remedy: ${JSON.stringify(problem)}`);
  // What came between was of the fault.
  const { meanwhile: _, ...lasting } = situation;
  return applyRemedy(lasting, chosen);
}

async function expectReload(pod: RunningPod, container: string): Promise<void> {
  await using rehup = await pod.startRehup();
  await rehup.line({ msg: 'watching' });
  await pod.scene.volume('config').write({ 'app.conf': 'two' });
  await pod.app(container).line('reloaded two');
  await rehup.line({ msg: 'reloaded' });
}
