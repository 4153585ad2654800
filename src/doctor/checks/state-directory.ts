import { accessSync, constants, statSync } from 'node:fs';
import { errorCode } from '../../system/errors.ts';
import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { addEmptyDir, addMount, podField, type Remedy } from '../remedy.ts';
import { unset } from '../settings.ts';

/** What is applied can be remembered across restarts of the container. Nothing is written to find out. */
export const stateDirectoryCheck: Check = once('state-directory', (context) => {
  const directory = context.settings?.stateDir;
  if (directory === undefined)
    return [pass('REHUP_STATE_DIR is not set: start times tell what was missed')];
  const code = findObstacle(directory);
  if (code !== undefined) return [notWritable(directory, code, context)];
  if (!isMounted(directory, context)) return [notKept(directory, context)];
  return [pass(`${directory} is writable, and outlives the container`)];
});

/** The errno name that writing there would fail with. */
function findObstacle(directory: string): string | undefined {
  try {
    if (!statSync(directory).isDirectory()) return 'ENOTDIR';
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return errorCode(error) ?? 'unknown';
  }
}

function notWritable(directory: string, code: string, context: Context): Bare {
  const { gid } = context.self.process.status;
  const group: Remedy = { changes: [podField('securityContext.fsGroup', gid)] };
  const mount = mountEmptyDir(directory, context);
  return fail('state-directory-not-writable', {
    seen: `${directory} (REHUP_STATE_DIR) cannot be written: ${code}`,
    remedy:
      'mount an emptyDir at REHUP_STATE_DIR in the rehup container; until then, start times alone decide what was missed',
    remedies: code === 'EACCES' ? [group, mount] : [mount],
  });
}

function notKept(directory: string, context: Context): Bare {
  return warn('state-directory-not-kept', {
    seen: `${directory} (REHUP_STATE_DIR) is not a mount: what is in it is lost when the container restarts`,
    remedy: 'mount an emptyDir at REHUP_STATE_DIR in the rehup container',
    remedies: [
      mountEmptyDir(directory, context),
      { changes: [unset(context, '', 'REHUP_STATE_DIR')] },
    ],
  });
}

function mountEmptyDir(directory: string, { container }: Context): Remedy {
  const volume = 'rehup-state';
  return { changes: [addEmptyDir(volume), addMount(container, volume, directory)] };
}

/** Outside of a pod there is no container to lose it with. */
function isMounted(directory: string, { self, ownMounts }: Context): boolean {
  return (
    !self.inPod ||
    ownMounts.some(
      ({ mountPoint }) =>
        mountPoint !== '/' && (directory === mountPoint || directory.startsWith(`${mountPoint}/`)),
    )
  );
}
