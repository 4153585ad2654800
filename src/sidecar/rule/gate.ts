import type { ReloadRequest } from '../act/action.ts';
import type { Failure } from '../outcome.ts';

/**
 * Something outside of this pod that has a say in when it may have new content: asked before each
 * attempt with it, and told what came of that.
 */
export type Gate = {
  /** `undefined`: it may be acted on now. A failure that waits is asked for again when it says so. */
  ask: (hash: string, signal: AbortSignal) => Promise<Failure | undefined>;
  tell: (told: Told) => void;
};

/** What came of an attempt that was let through. */
export type Told = {
  request: Pick<ReloadRequest, 'changes' | 'hash' | 'targets'>;
  /** `undefined`: it was reloaded, and proved. */
  failure: Failure | undefined;
  /** The app was acted on. */
  acted: boolean;
};
