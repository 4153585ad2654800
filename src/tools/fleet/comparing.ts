import { randomBytes } from 'node:crypto';
import { FatalError } from '../../system/errors.ts';
import type { Asked } from '../ask/sidecar.ts';
import type { Answer, MountAnswer } from './answer.ts';

/** `rehup status` in the container, with further flags. */
export type AskByCommand = (
  asked: Asked,
  more: readonly string[],
  signal: AbortSignal,
) => Promise<Answer>;

/** Has hashes made that can be compared here, where the sidecar's own are by a key of its own. */
export type Comparing = {
  key: string;
  complete: (asked: Asked, answer: Answer, signal: AbortSignal) => Promise<Answer>;
};

/**
 * What a mount with a Secret holds is told, by a key of ours, to who runs a command in the container: once
 * for each content, since a process there costs more than a look at a port.
 */
export function createComparing(askByCommand: AskByCommand): Comparing {
  const key = randomBytes(32).toString('base64url');
  const known = new Map<string, string | undefined>();

  const complete: Comparing['complete'] = async (asked, answer, signal) => {
    const { uid } = asked.pod.metadata;
    const idOf = (of: Answer, { path, hash }: MountAnswer): string =>
      [uid, of.startedMs, path, hash].join('\0');
    let current = answer;
    if (mountsOf(answer).some((mount) => !known.has(idOf(answer, mount)))) {
      try {
        current = await askByCommand(asked, [`--compare=${key}`], signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FatalError || error instanceof TypeError)) throw error;
        // An older rehup, or one that no command may be run beside: it is told by time.
      }
      for (const mount of mountsOf(current)) known.set(idOf(current, mount), mount.compared);
    }
    const fill = (mount: MountAnswer): MountAnswer =>
      mount.isKeyed ? { ...mount, compared: known.get(idOf(current, mount)) } : mount;
    const rules = current.rules.map((rule) => ({ ...rule, mounts: rule.mounts.map(fill) }));
    return { ...current, rules };
  };
  return { key, complete };
}

function mountsOf({ rules }: Answer): MountAnswer[] {
  return rules
    .flatMap(({ mounts }) => mounts)
    .filter(({ isKeyed, hash }) => isKeyed && hash !== undefined);
}
