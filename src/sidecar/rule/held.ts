import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Shown } from '../publish/publisher.ts';

/** For a sentence: what is shown instead of the content of the sources. */
export function describeKept({ at, by }: { at: string; by: string }): string {
  return `older content, which the pod ${by} kept at ${at}`;
}

export function notRead({ path }: Mount): Failure {
  return {
    outcome: 'not-ready',
    reason: `${path} has not been read yet, and is part of what is to be published`,
    remedy: 'see the line "mount cannot be read"',
  };
}

export function held({ reason, remedy }: Failure, shown: Shown | undefined): Failure {
  const state =
    shown === undefined
      ? 'nothing is published yet, and rehup is not ready'
      : shown.kept === undefined
        ? 'the app keeps what is published, also after a restart'
        : `the app has ${describeKept(shown.kept)}`;
  return { outcome: 'held', reason: `${reason}; ${state}`, ...(remedy && { remedy }) };
}

export function stillRefused(reason: string): Failure {
  return {
    outcome: 'held',
    reason: `the app failed with this content before: ${reason}`,
    remedy: 'correct the content; to try it once more as it is: rehup trigger',
  };
}
