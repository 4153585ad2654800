import { accessSync, constants } from 'node:fs';
import { errorCode } from '../../system/errors.ts';
import { type Check, perRule } from '../check.ts';
import type { RuleContext } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { addEmptyDir, addMount } from '../remedy.ts';

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
    ...(isHeld ? [held(said.reason ?? '', said.remedy)] : [pass(describe(publish, state))]),
    ...findOnDisk(rule, publish),
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
