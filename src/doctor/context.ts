import type { Clock } from '../system/clock.ts';
import type { RawInput, RuleConfig } from '../config/load.ts';
import type { Settings } from '../config/options.ts';
import type { ConfigProblem, NothingToWatchError } from '../system/errors.ts';
import type { OpenOwnPod } from '../kubernetes/own-pod.ts';
import type { Mount } from '../sidecar/mount/mount.ts';
import type { MountEntry } from '../system/proc/mountinfo.ts';
import type { StatusDocument } from '../sidecar/report/status/document.ts';
import type { Acting } from '../sidecar/rule/acting.ts';
import type { MountReading } from '../sidecar/snapshot/read-mount.ts';
import type { Process, ProcessTable } from '../sidecar/target/processes.ts';
import type { Resolution } from '../sidecar/target/resolution.ts';
import type { Self } from '../sidecar/target/self.ts';

/** All that the checks look at; gathered once, so that they speak of the same moment. */
export type Context = {
  /** As it was written: flags, environment, and what the configuration file holds. */
  raw: RawInput;
  /** The name of rehup's own container. */
  container: string;
  /** The path of the configuration file, if there is one. */
  configFile: string | undefined;
  /** What makes the configuration unusable: then there are neither settings nor rules. */
  problems: readonly ConfigProblem[];
  /** Of the process. */
  settings: Settings | undefined;
  rules: readonly RuleContext[];
  table: ProcessTable;
  self: Self;
  /** All that are visible. */
  processes: readonly Process[];
  /** The mount table of rehup's own container. */
  ownMounts: readonly MountEntry[];
  clock: Clock;
  /** What the rehup that runs in this container says of itself, if it does. */
  daemon: StatusDocument | undefined;
  /** The Kubernetes API, where there is a token. */
  openOwnPod: OpenOwnPod | undefined;
};

export type RuleContext = RuleConfig & {
  mounts: readonly Mount[];
  /** Why there are no mounts. */
  unwatched: NothingToWatchError | undefined;
  readings: ReadonlyMap<string, MountReading>;
  acting: Acting;
  /** Whom it would act on now. */
  resolution: Resolution;
};
