import { accessSync, constants, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { useOf } from '../../sidecar/target/use.ts';
import { errorCode } from '../../system/errors.ts';
import type { RuleDocument } from '../../sidecar/report/status/document.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { appsIn, containerOf } from '../neighbours.ts';
import { addEmptyDir, addMount, removeMount } from '../remedy.ts';
import { describeVolume, isSameVolume, nameOf, volumesOf } from '../volumes.ts';
import { describeCanary } from './canary.ts';

/** The name that is suggested for the volume. */
const VOLUME = 'rehup-published';

/** What is published can be written, reaches the app, and is let through. */
export const publishCheck: Check = perRule('publish', (rule, context) => {
  const { publish } = rule.settings;
  if (publish === undefined) return [];
  const { container, self, daemon } = context;
  const volume = rule.acting.watched[0]?.volume;
  const mount = {
    changes: [addEmptyDir(VOLUME), addMount(container, VOLUME, publish)],
    note: 'mount the same volume in the app, instead of the source',
  };
  if (self.inPod && volume === undefined) {
    return [
      fail('publish-not-mounted', {
        seen: `${publish} (REHUP_PUBLISH) is not a mount: no app can see what is published there`,
        remedy: 'mount an emptyDir there in the rehup container, without readOnly',
        remedies: [mount],
      }),
    ];
  }
  const code = obstacleAt(publish);
  if (code !== undefined) {
    return [
      fail('publish-not-writable', {
        seen: `${publish} (REHUP_PUBLISH) cannot be written: ${code}`,
        remedy: 'mount an emptyDir there in the rehup container, without readOnly',
        remedies: [mount],
      }),
    ];
  }
  const said = daemon?.rules[rule.name];
  const state = said?.published;
  const isHeld = said?.reason !== undefined && isHolding(said.decisions[0]?.outcome);
  return [
    ...findKept(said),
    ...(isHeld ? [held(said.reason ?? '', said.remedy)] : [pass(describe(publish, state))]),
    ...describeCanary(said),
    ...findOnDisk(rule, publish),
    ...findBypass(rule, context),
    ...findFull(publish),
  ];
});

function obstacleAt(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return errorCode(error) ?? 'unknown';
  }
}

function isHolding(outcome: string | undefined): boolean {
  return outcome === 'held' || outcome === 'rolled-back';
}

function held(reason: string, remedy = 'correct the content'): Bare {
  return fail('content-held', { seen: reason, remedy });
}

/** What the app has may be of an earlier pod; what is to be kept for later ones may not be. */
function findKept(said: RuleDocument | undefined): Bare[] {
  const { published, kept } = said ?? {};
  const start = published?.kept;
  return [
    ...(start
      ? [
          warn('started-from-kept', {
            seen: `the app has what the pod ${start.by} kept at ${start.at}, which is older than the source`,
            remedy: 'correct the content',
          }),
        ]
      : []),
    ...(kept && 'problem' in kept
      ? [warn('content-not-kept', { seen: kept.problem, remedy: kept.remedy })]
      : []),
  ];
}

function describe(publish: string, state: { hash: string; proved: boolean } | undefined): string {
  if (state === undefined) return `${publish} can be written`;
  return `${publish} shows ${state.hash}, ${state.proved ? 'which the app has taken' : 'which no app has taken yet'}`;
}

/** Secrets are kept in memory by the kubelet; where they came from is told by their file system. */
function findOnDisk({ mounts, acting }: RuleContext, publish: string): Bare[] {
  const volume = acting.watched[0]?.volume;
  const isSecret = mounts.some((mount) => mount.volume?.kind === 'tmpfs');
  if (volume === undefined || volume.kind === 'tmpfs' || volume.root === '/' || !isSecret)
    return [];
  return [
    warn('secret-published-on-disk', {
      seen: `${publish} is on the disk of the node, and its source is kept in memory: a Secret, perhaps`,
      remedy: 'emptyDir: {medium: Memory}',
    }),
  ];
}

/** An app that has the source itself reads what is not let through. */
function findBypass({ mounts, acting }: RuleContext, context: Context): Bare[] {
  const published = acting.watched[0]?.volume;
  return mounts.flatMap(({ path, volume }) =>
    appsIn(context)
      .filter((app) => useOf(app, volume) !== 'none')
      .map((app) => {
        const container = containerOf(app);
        const theirs = volumesOf(app).filter((one) => volume && isSameVolume(one.volume, volume));
        return fail('app-bypasses-publish', {
          seen: `${container} mounts the ${describeVolume(volume)} of ${path} itself, and so what is not let through`,
          remedy: 'mount the published volume there instead, with readOnly: true',
          remedies: theirs.slice(0, 1).map((mount) => ({
            changes: [
              removeMount(container, mount.path),
              ...(useOf(app, published) === 'none'
                ? [addMount(container, nameOf(published), mount.path)]
                : []),
            ],
          })),
        });
      }),
  );
}

/** The next generation comes beside the one that is shown; a volume in memory has the size of its sizeLimit. */
function findFull(publish: string): Bare[] {
  const { bavail, bsize } = statfsSync(publish);
  const free = bavail * bsize;
  const needed = sizeOf(join(publish, '..data'), bsize);
  if (free >= needed) return [];
  return [
    warn('publish-without-room', {
      seen: `${publish} has ${Math.floor(free / 1024)} KiB left, and what is shown there takes ${Math.ceil(needed / 1024)} KiB: the next content has no room beside it`,
      remedy: 'give the emptyDir room for three times the content: emptyDir: {sizeLimit: 16Mi}',
    }),
  ];
}

/** In whole blocks; nothing where nothing is published yet. */
function sizeOf(directory: string, block: number): number {
  try {
    const files = readdirSync(realpathSync(directory), { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
      .reduce((sum, size) => sum + Math.ceil(size / block) * block, 0);
  } catch {
    return 0;
  }
}
