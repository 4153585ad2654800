import type { Kept } from '../publish/kept.ts';

/** Content that the app has taken, and where it lies. */
export type Proved = { place: string; hash: string; mounts: Readonly<Record<string, string>> };

/** What was kept last, and in which object; or why there is nothing to start from. */
export type Recalled = { kept: Kept; object: string } | { missing: Missing };

export type Missing = {
  reason: string;
  remedy?: string;
  /** It may be there: it could not be asked for. */
  isUnknown: boolean;
};

/** Keeps what was proved beyond the pod, for those that start while the sources are invalid. */
export type Keeper = {
  /** Returns at once. The same content is kept once. */
  keep: (proved: Proved) => void;
  /** What this pod or another one of the workload has kept last. Takes no longer than some seconds. */
  recall: (signal: AbortSignal) => Promise<Recalled>;
};
