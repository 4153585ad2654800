import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createAuthority } from '../support/certificates.ts';
import type { LineProcess } from '../support/line-process.ts';
import { watchBystanders } from './bystanders.ts';
import { createPodScene } from '../support/pod-scene.ts';
import type { PodSpec, VolumeMount } from '../support/pod-scene/pod-spec.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { ACCOUNT_MOUNT, type ChaosApi, startChaosApi } from './api.ts';
import { type AppContainer, createAppContainer } from './app.ts';
import { createSteppingClock, lookAtDisk, type SmallDisk, type SteppingClock } from './faults.ts';
import { type Records, type Swap, uptimeMs } from './records.ts';
import { createRehupContainer, type RehupContainer } from './rehup.ts';
import type { VolumeName } from './schedule.ts';
import type { Shape } from './shapes.ts';
import { rulesFile } from './rules.ts';
import { startUrls, type Urls } from './urls.ts';
import { type ChaosVolume, createChaosVolume, type Content } from './volumes.ts';

/** One pod of a shape, with all that can be done to it. */
export interface ChaosScene extends AsyncDisposable {
  readonly shape: Shape;
  readonly volumes: Readonly<Record<VolumeName, ChaosVolume>>;
  readonly app: AppContainer;
  readonly rehup: RehupContainer;
  readonly disk: SmallDisk | undefined;
  readonly clock: SteppingClock | undefined;
  readonly api: ChaosApi | undefined;
  readonly urls: Urls | undefined;
  /** Writes the file with the rules. */
  readonly writeRules: (text: string) => Promise<void>;
  /** Asks rehup for a reload. */
  readonly trigger: () => void;
  /** What the app would find if it read now. */
  readonly mounted: () => string;
  readonly records: () => Records;
}

const FIRST: Readonly<Record<VolumeName, Content>> = {
  config: { 'app.conf': 'v0' },
  secret: { 'tls.key': 's0' },
};

const BYSTANDER = fileURLToPath(new URL('programs/bystander.sh', import.meta.url));
const CLOCK = pathToFileURL(fileURLToPath(new URL('programs/stepping-clock.ts', import.meta.url)));
/** Room for rehup's state, and for nothing else. */
const STATE_SIZE = '32k';
const STATE_MOUNT = '/run/state';
const PID_MOUNT = '/run/pid';
const PID_FILE = `${PID_MOUNT}/app.pid`;
const RULES_FILE = 'rehup.yaml';
const RULES_SETTLE_MS = 30;

/** A program that has a handler is told; any other is not there yet. */
const TELL =
  'grep -q "^SigCgt:.*[13579bdf]$" /proc/$REHUP_TARGET_PID/status && kill -HUP $REHUP_TARGET_PID';

/** The content is in the directory that comes as the last argument. */
const VALIDATE = '! grep -q invalid "$1/app.conf"';

/** Short times, so that a thousand schedules fit into an hour. */
const TIMES = {
  REHUP_SETTLE: '30ms',
  REHUP_SETTLE_MAX: '300ms',
  REHUP_POLL: '150ms',
  REHUP_SURVIVE: '60ms',
};

export async function createChaosScene(shape: Shape): Promise<ChaosScene> {
  await using stack = new AsyncDisposableStack();
  const api = shape.prompt
    ? stack.use(await startChaosApi(stack.use(await createAuthority()), FIRST.config))
    : undefined;
  const pod = stack.use(await createPodScene(podSpec(shape, api)));
  const disk = shape.state ? lookAtDisk(pod, 'state') : undefined;
  const tempDir = stack.use(await createTempDir('chaos-'));
  chmodSync(tempDir.path, 0o755);
  const clockFile = join(tempDir.path, 'clock');
  const clock = shape.clock ? createSteppingClock(clockFile) : undefined;

  const swaps: Swap[] = [];
  const tornDown: number[] = [];
  const onTearDown = (atMs: number): void => void tornDown.push(atMs);
  const onSwap = (swap: Swap): void => void swaps.push(swap);
  const names: readonly VolumeName[] = shape.secret ? ['config', 'secret'] : ['config'];
  const [config, secret] = names.map((name) =>
    createChaosVolume(pod.volume(name), {
      mountPath: `/etc/${name}`,
      first: FIRST[name],
      isOneOfSeveral: shape.secret,
      onSwap,
      onTearDown,
    }),
  ) as [ChaosVolume, ChaosVolume | undefined];
  const volumes = { config, secret: secret ?? config };

  const bystanders = new Map<string, LineProcess>([['pause', pod.pause]]);
  bystanders.set('web', await pod.start('web', ['/bin/sh', BYSTANDER, 'takes']));
  bystanders.set('idle', await pod.start('idle', ['/bin/sh', BYSTANDER, 'dies']));
  if (shape.reader) {
    bystanders.set('reader', await pod.start('reader', ['/bin/sh', BYSTANDER, 'dies']));
  }
  const troubles = watchBystanders(bystanders);

  const { uid } = shape;
  const directories = names.map((name) => `/etc/${name}`);
  const pidFile = shape.pidFile ? { pidFile: PID_FILE } : {};
  const app = stack.use(createAppContainer(pod, { uid, directories, ...pidFile }));
  const urls = shape.action === 'http' ? stack.use(await startUrls(() => app)) : undefined;
  const triggers: number[] = [];
  const env = {
    ...TIMES,
    REHUP_WATCH_MODE: shape.watchMode,
    ...(shape.state && { REHUP_STATE_DIR: STATE_MOUNT }),
    ...(clock && { NODE_OPTIONS: `--import=${CLOCK.href}`, CHAOS_CLOCK: clockFile }),
    ...api?.env,
    ...actionEnv(shape, urls),
    ...(shape.pidFile && { REHUP_TARGET: `pidfile:${PID_FILE}` }),
    ...(shape.rules && { REHUP_CONFIG: `/etc/rules/${RULES_FILE}` }),
    ...(shape.validate && {
      REHUP_VALIDATE_EXEC: JSON.stringify(['/bin/sh', '-c', VALIDATE, 'sh']),
    }),
  };
  if (shape.rules) Reflect.deleteProperty(env, 'REHUP_SETTLE');
  const rehup = stack.use(
    createRehupContainer(pod, {
      uid,
      env,
      started: shape.prompt ? 'prompt sync set up' : 'watching',
    }),
  );
  await app.restart('now');
  await rehup.start();

  const owned = stack.move();
  return {
    shape,
    volumes,
    app,
    rehup,
    disk,
    clock,
    api,
    urls,
    writeRules: async (text) => {
      await pod.volume('rules').write({ [RULES_FILE]: text });
    },
    trigger: () => {
      if (rehup.trigger()) triggers.push(uptimeMs());
    },
    mounted: () => names.flatMap((name) => volumes[name].view()).join(' '),
    records: () => ({
      swaps,
      incarnations: app.incarnations(),
      runs: rehup.runs(),
      stateful: shape.state,
      diskFull: disk?.windows() ?? [],
      clockSteps: clock?.steps() ?? [],
      tornDown,
      triggers,
      action: shape.action,
      bystanders: [...troubles(), ...app.troubles()],
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function actionEnv({ action }: Shape, urls: Urls | undefined): Record<string, string> {
  switch (action) {
    case 'signal':
      return {};
    case 'http':
      return { REHUP_URL: urls?.setting ?? '', REHUP_TIMEOUT: '2s' };
    case 'exec':
      return { REHUP_EXEC: JSON.stringify(['/bin/sh', '-c', TELL]) };
    case 'restart':
      return { REHUP_RESTART: 'container', REHUP_GRACE: '500ms' };
    default:
      return action satisfies never;
  }
}

function podSpec({ generation, uid, ...shape }: Shape, api: ChaosApi | undefined): PodSpec {
  const options = {
    generation,
    ...(uid !== undefined && { fsGroup: uid, defaultMode: 0o400 }),
  };
  const mounts: VolumeMount[] = [
    { volume: 'config' },
    ...(shape.secret ? [{ volume: 'secret' }] : []),
  ];
  return {
    volumes: {
      config: { payload: FIRST.config, options },
      ...(shape.secret && { secret: { kind: 'secret', payload: FIRST.secret, options } }),
      ...(shape.state && { state: { kind: 'empty-dir', payload: {}, memory: STATE_SIZE } }),
      ...(shape.pidFile && { pid: { kind: 'empty-dir', payload: {} } }),
      ...(shape.rules && { rules: { payload: { [RULES_FILE]: rulesFile(RULES_SETTLE_MS) } } }),
      ...(api && { account: { kind: 'secret', payload: api.account } }),
    },
    containers: {
      app: [...mounts, ...(shape.pidFile ? [{ volume: 'pid', path: PID_MOUNT }] : [])],
      rehup: [
        ...mounts,
        ...(shape.pidFile ? [{ volume: 'pid', path: PID_MOUNT }] : []),
        ...(shape.rules ? [{ volume: 'rules' }] : []),
        ...(shape.state ? [{ volume: 'state', path: STATE_MOUNT }] : []),
        ...(api ? [{ volume: 'account', path: ACCOUNT_MOUNT }] : []),
      ],
      reader: mounts,
      web: [],
      idle: [],
    },
  };
}
