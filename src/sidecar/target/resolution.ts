import type { TargetSpec } from '../../config/target-spec.ts';
import type { Volume } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Process } from './process.ts';
import type { Self } from './self.ts';

/** A watched mount, with the volume it is of, if known. */
export type Watched = { path: string; volume: Volume | undefined };

/** Of several matches: `one` refuses, `oldest` takes the first started, `all` takes each. */
export type Select = 'one' | 'oldest' | 'all';

export type Resolution = FoundTargets | { failure: Failure };

export type FoundTargets = {
  targets: readonly Process[];
  /** By pid, those of the targets that this action must not be carried out on, or not yet, and why. */
  obstacles?: ReadonlyMap<number, Failure>;
  /** By pid, those of the targets that only a restart can help, and why. */
  onlyByRestart?: ReadonlyMap<number, Failure>;
};

export type SelectInput = {
  spec: TargetSpec;
  select: Select;
  /**
   * Containers that mount the volume by subPath, which only a restart can help: `too`, they are as
   * good as others; `alone`, where nobody mounts the whole volume; by default they are no targets.
   */
  subPath?: 'too' | 'alone' | undefined;
  /** The signal to be sent; `undefined` for actions that send none. */
  signal: number | undefined;
  self: Self;
  processes: readonly Process[];
  /** The volumes whose change is to be applied. */
  watched: readonly Watched[];
  /** What the pid file says, for `pidfile:` alone. */
  pidfile?: { pid: number } | { reason: string };
};

/** What the ways to find a target go by: all that may be acted on. */
export type Among = SelectInput & { others: readonly Process[] };
