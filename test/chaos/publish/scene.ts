import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LineProcess } from '../../support/line-process.ts';
import { createPodScene, type PodScene } from '../../support/pod-scene.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type AppContainer, createAppContainer } from '../app.ts';
import { enterMounts, inPod, lookAtDisk, type SmallDisk } from '../faults.ts';
import { type Swap, uptimeMs, type Window } from '../records.ts';
import { createRehupContainer, type RehupContainer } from '../rehup.ts';
import { type ChaosVolume, createChaosVolume } from '../volumes.ts';
import { watchBystanders } from '../bystanders.ts';
import { contentOf } from './content.ts';
import { lookAtPublished, type Published } from './published.ts';
import { startTightReader } from './reader.ts';
import type { PublishRecords } from './records.ts';
import type { Damage } from './schedule.ts';
import type { PublishShape } from './shapes.ts';
import { startWellness, type Wellness } from './wellness.ts';

/** One pod in which rehup publishes, with all that can be done to it. */
export interface PublishScene extends AsyncDisposable {
  readonly shape: PublishShape;
  readonly volume: ChaosVolume;
  readonly published: Published;
  /** The hash of what the source holds. */
  readonly source: () => string | undefined;
  readonly app: AppContainer;
  readonly rehup: RehupContainer;
  readonly disk: SmallDisk;
  /** Nobody can write the published directory until `open`. */
  readonly close: () => void;
  readonly open: () => void;
  readonly damage: (what: Damage) => void;
  /** It is known to be whole again. */
  readonly mended: () => void;
  readonly isDamaged: () => boolean;
  /** The test does something to the app. */
  readonly disturb: () => void;
  readonly trigger: () => void;
  /** A number that no content of this pod has had. */
  readonly serial: () => number;
  readonly records: () => PublishRecords;
}

const MOUNT = '/etc/published';
/** Room for the three generations, and not much more. */
const SIZE = '512k';
const BYSTANDER = fileURLToPath(new URL('../programs/bystander.sh', import.meta.url));
const FIRST = contentOf('good', 0, ['app.conf', 'key-0']);

/** Says that it looks, takes its time where the content says so, and refuses what is invalid. */
const VALIDATE =
  'echo looking; case $(head -n 1 "$1/app.conf") in slow-*) sleep 0.1 ;; invalid-*) exit 1 ;; esac';

const TIMES = {
  REHUP_SETTLE: '30ms',
  REHUP_SETTLE_MAX: '300ms',
  REHUP_POLL: '150ms',
  REHUP_SURVIVE: '60ms',
};

export async function createPublishScene(shape: PublishShape): Promise<PublishScene> {
  await using stack = new AsyncDisposableStack();
  const { uid } = shape;
  const pod = stack.use(await createPodScene(podSpec(shape)));
  const disk = lookAtDisk(pod, 'published');
  const published = lookAtPublished(disk.path, uid);
  const swaps: Swap[] = [];
  const volume = createChaosVolume(pod.volume('config'), {
    mountPath: '/etc/config',
    first: FIRST,
    isOneOfSeveral: false,
    onSwap: (swap) => void swaps.push(swap),
    onTearDown: () => {},
  });
  const bystanders = new Map<string, LineProcess>([['pause', pod.pause]]);
  bystanders.set('web', await pod.start('web', ['/bin/sh', BYSTANDER, 'takes']));
  bystanders.set('idle', await pod.start('idle', ['/bin/sh', BYSTANDER, 'dies']));
  const troubles = watchBystanders(bystanders);

  const app = stack.use(createAppContainer(pod, { uid, directories: [MOUNT] }));
  const wellness = shape.verify ? stack.use(await startWellness(() => app, published)) : undefined;
  const rehup = stack.use(
    createRehupContainer(pod, { uid, env: envOf(shape, wellness), started: 'watching' }),
  );
  const triggers: number[] = [];
  const disturbed: number[] = [];
  const damaged: Window[] = [];
  let damagedSinceMs: number | undefined;
  let serial = 0;
  await rehup.start();
  await waitFor('the first content to be published', () => rehup.count('published') > 0);
  await app.restart('now');
  const isProved = (): boolean =>
    rehup
      .runs()
      .at(-1)
      ?.lines.some(({ msg, proved }) => msg === 'the app sees' && proved) === true;
  await waitFor('the first content to be proved', async () => {
    await rehup.heedTarget();
    return isProved();
  });
  const wholeKeys = shape.inPlace ? [] : ['app.conf'];
  const reader = stack.use(await startTightReader(disk.path, wholeKeys));

  const owned = stack.move();
  return {
    shape,
    volume,
    published,
    source: () => swaps.at(-1)?.hash,
    app,
    rehup,
    disk,
    ...doorOf(pod, shape, disk),
    damage: (what) => {
      damagedSinceMs ??= uptimeMs();
      published.damage(what);
    },
    mended: () => {
      if (damagedSinceMs !== undefined) damaged.push({ fromMs: damagedSinceMs, toMs: uptimeMs() });
      damagedSinceMs = undefined;
    },
    isDamaged: () => damagedSinceMs !== undefined,
    disturb: () => void disturbed.push(uptimeMs()),
    trigger: () => {
      if (rehup.trigger()) triggers.push(uptimeMs());
    },
    serial: () => (serial += 1),
    records: () => ({
      shape,
      swaps,
      incarnations: app.incarnations(),
      runs: rehup.runs(),
      seen: reader.seen(),
      sights: reader.sights(),
      isReaderRunning: reader.isRunning(),
      damaged: [
        ...damaged,
        ...(damagedSinceMs === undefined
          ? []
          : [{ fromMs: damagedSinceMs, toMs: Number.POSITIVE_INFINITY }]),
      ],
      disturbed,
      triggers,
      bystanders: [...troubles(), ...app.troubles()],
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function envOf(shape: PublishShape, wellness: Wellness | undefined): Record<string, string> {
  return {
    ...TIMES,
    REHUP_PUBLISH: MOUNT,
    REHUP_TARGET: 'container:app',
    REHUP_RESTART_TIMEOUT: '5s',
    ...(shape.forms !== undefined && { REHUP_PUBLISH_AS: shape.forms }),
    REHUP_VALIDATE_EXEC: JSON.stringify(['/bin/sh', '-c', VALIDATE, 'sh']),
    ...(shape.action === 'restart' && { REHUP_RESTART: 'container', REHUP_GRACE: '500ms' }),
    ...(wellness && { REHUP_VERIFY_URL: wellness.url, REHUP_VERIFY_TIMEOUT: '2s' }),
    // Without a URL, its life is all that tells: it has to be longer than a start takes.
    ...(!shape.verify && { REHUP_SURVIVE: '2s' }),
  };
}

function podSpec({ generation, uid }: PublishShape): Parameters<typeof createPodScene>[0] {
  const options = {
    generation,
    ...(uid !== undefined && { fsGroup: uid, defaultMode: 0o440 }),
  };
  return {
    volumes: {
      config: { payload: FIRST, options },
      published: { kind: 'empty-dir', payload: {}, memory: SIZE },
    },
    containers: {
      app: [{ volume: 'published' }],
      rehup: [{ volume: 'config' }, { volume: 'published' }],
      web: [],
      idle: [],
    },
  };
}

function doorOf(
  pod: PodScene,
  { uid }: PublishShape,
  { path }: SmallDisk,
): Pick<PublishScene, 'close' | 'open'> {
  const remount = (how: 'ro' | 'rw'): void => {
    enterMounts(pod, ['mount', '-o', `remount,${how}`, inPod(path)]);
  };
  // Root is not kept out by a mode.
  if (uid !== undefined) {
    return { close: () => chmodSync(path, 0o555), open: () => chmodSync(path, 0o777) };
  }
  return {
    close: () => {
      try {
        remount('ro');
        // The file system is, and not the mount: a container that starts now would keep that for good.
        enterMounts(pod, ['mount', '-o', 'remount,bind,rw', inPod(path)]);
      } catch {
        // A file is being written there just now: it stays open this time.
      }
    },
    open: () => remount('rw'),
  };
}
