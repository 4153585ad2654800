import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createAuthority } from '../support/certificates.ts';
import type { LineProcess } from '../support/line-process.ts';
import { createPodScene } from '../support/pod-scene.ts';
import type { PodSpec, VolumeMount } from '../support/pod-scene/pod-spec.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { ACCOUNT_MOUNT, type ChaosApi, startChaosApi } from './api.ts';
import { type AppContainer, createAppContainer } from './app.ts';
import {
  createSteppingClock,
  mountStateDisk,
  type StateDisk,
  type SteppingClock,
} from './faults.ts';
import type { Records, Swap } from './records.ts';
import { createRehupContainer, type RehupContainer } from './rehup.ts';
import type { VolumeName } from './schedule.ts';
import type { Shape } from './shapes.ts';
import { type ChaosVolume, createChaosVolume, type Content } from './volumes.ts';

/** One pod of a shape, with all that can be done to it. */
export interface ChaosScene extends AsyncDisposable {
  readonly shape: Shape;
  readonly volumes: Readonly<Record<VolumeName, ChaosVolume>>;
  readonly app: AppContainer;
  readonly rehup: RehupContainer;
  readonly disk: StateDisk | undefined;
  readonly clock: SteppingClock | undefined;
  readonly api: ChaosApi | undefined;
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
const STATE_MOUNT = '/run/state';

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
  const disk = shape.state ? mountStateDisk(pod) : undefined;
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
  const app = stack.use(createAppContainer(pod, { uid, directories }));
  const env = {
    ...TIMES,
    REHUP_WATCH_MODE: shape.watchMode,
    ...(shape.state && { REHUP_STATE_DIR: STATE_MOUNT }),
    ...(clock && { NODE_OPTIONS: `--import=${CLOCK.href}`, CHAOS_CLOCK: clockFile }),
    ...api?.env,
  };
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
    mounted: () => names.flatMap((name) => volumes[name].view()).join(' '),
    records: () => ({
      swaps,
      incarnations: app.incarnations(),
      runs: rehup.runs(),
      stateful: shape.state,
      diskFull: disk?.windows() ?? [],
      clockSteps: clock?.steps() ?? [],
      tornDown,
      bystanders: [...troubles(), ...app.troubles()],
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
      ...(shape.state && { state: { kind: 'empty-dir', payload: {} } }),
      ...(api && { account: { kind: 'secret', payload: api.account } }),
    },
    containers: {
      app: mounts,
      rehup: [
        ...mounts,
        ...(shape.state ? [{ volume: 'state', path: STATE_MOUNT }] : []),
        ...(api ? [{ volume: 'account', path: ACCOUNT_MOUNT }] : []),
      ],
      reader: mounts,
      web: [],
      idle: [],
    },
  };
}

/** Whatever happens to those who are nobody's app. */
function watchBystanders(all: ReadonlyMap<string, LineProcess>): () => string[] {
  const ends: string[] = [];
  const awaitEnd = async (name: string, { exited }: LineProcess): Promise<void> => {
    const { code, signal } = await exited;
    ends.push(`${name}, which is nobody's app, ended by ${signal ?? code}`);
  };
  for (const [name, bystander] of all) void awaitEnd(name, bystander);
  return () => [
    ...ends,
    ...[...all].flatMap(([name, { lines }]) =>
      lines.includes('signalled') ? [`${name}, which is nobody's app, was signalled`] : [],
    ),
  ];
}
