import type { InotifyProblem } from './limits.ts';

/** One directory to watch: its own entries, nothing below them. */
export type Root = {
  /** Absolute, and no link. */
  path: string;
  /** The entry that matters, where it is one alone. */
  entry?: string;
};

/** What the operating system said of an entry. */
export type RootEvent = { root: Root; name: string | null };

export type RootsListener = {
  onEvent: (event: RootEvent) => void;
  /** The watch cannot be had, or broke; it is closed, and nothing more will be said. */
  onProblem: (problem: InotifyProblem) => void;
};

export type RootsWatch = {
  /** From here on every event is told. Resolves, too, when there was a problem, and when closed. */
  ready: Promise<void>;
  close: () => void;
};

/** How rehup watches directories; tests put in one that says nothing. */
export type WatchRoots = (roots: readonly Root[], listener: RootsListener) => RootsWatch;
