import type { GlobInput } from '../../../config/globs.ts';
import type { Volume } from '../../mount/mount.ts';
import type { Failure } from '../../outcome.ts';
import type { Change } from '../../../system/diff-keys.ts';
import type { WaitsFor } from '../wait.ts';
import type { RuleStatus, Status } from '../status.ts';
import type { PastDecision } from './history.ts';

/** What `/status` answers: paths, names and hashes, never contents. Times are ISO 8601. */
export type StatusDocument = Omit<Status, 'rules'> & {
  /** POD_NAME, or the host name: that of the pod, where it is not on the network of its node. */
  pod: string;
  /** POD_NAMESPACE, where it is set. */
  namespace?: string;
  node: string;
  /** Now, by the clock that the other times are of. */
  time: string;
  uptimeSeconds: number;
  /** What a reload would wait for that somebody asks for now; absent where it would begin at once. */
  waitsFor?: WaitsFor;
  /** Empty until every mount is watched. */
  rules: Record<string, RuleDocument>;
};

export type RuleDocument = RuleStatus & {
  state: RuleState;
  /** Over all its mounts, as they were read last: what the log says of it. */
  hash?: string;
  /** Which keys count; absent where all do. */
  globs?: GlobInput;
  /** Why it is pending, and what to do about it. */
  reason?: string;
  remedy?: string;
  /** When the next attempt follows; absent where there is to be none. */
  nextRetry?: string;
  mounts: MountDocument[];
  /** Whom it would act on now. */
  targets: TargetDocument[];
  /** What stands against acting on them, or why there are none. */
  targetProblem?: Pick<Failure, 'outcome' | 'reason' | 'remedy'>;
  /** The last 20, the newest first. */
  decisions: readonly PastDecision[];
};

/**
 * - `applied`: the app has the content that was read last.
 * - `dry-run`: it would have, if this were no dry run.
 * - `reloading`: an attempt is under way.
 * - `pending`: an attempt failed; `nextRetry` tells when the next one follows.
 */
export type RuleState = 'applied' | 'dry-run' | 'reloading' | 'pending';

export type MountDocument = Status['mounts'][string] & {
  path: string;
  volume?: Pick<Volume, 'kind' | 'name' | 'subPath'>;
  /** Since when it has been watched in this mode. */
  since?: string;
  /** When its content was last swapped, or written. */
  swapped?: string;
  /** Over all keys that count. */
  hash?: string;
  /** With prompt sync: how long the kubelet took for the last change of an object behind it. */
  kubeletLag?: KubeletLagDocument[];
  /** The same by a key of who asks, who knows what it should be (`rehup status --compare`). */
  compared?: string;
  /** Key path → hash, as it was read last. */
  keys: Record<string, string>;
  /** How the keys differ from what is applied. */
  waiting?: Change;
  /**
   * What is known of the keys that do not differ, unless it is that they are applied: `unchanged`, while
   * others are pending; `not known to be applied`, where the app may have none of them.
   */
  otherKeys?: 'unchanged' | 'not known to be applied';
};

export type KubeletLagDocument = {
  /** `Kind/name`. */
  object: string;
  seconds: number;
  /** It has not come yet, and is awaited since then. */
  pending: boolean;
};

export type TargetDocument = {
  pid: number;
  container?: string;
  /** The name that the kernel keeps. */
  command: string;
  /** The effective one, where it is known: not on an emulated kernel. */
  uid?: number;
  ageSeconds: number;
};
