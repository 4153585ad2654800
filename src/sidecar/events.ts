import { EventEmitter } from 'node:events';
import type { Action } from './act/action.ts';
import type { Choice, SourceName } from './canary/choose.ts';
import type { RolloutStage } from './act/rollout.ts';
import type { ConfigProblem } from '../system/errors.ts';
import type { OutputLine } from './exec/output.ts';
import type { Fault } from '../system/fault.ts';
import type { Feature } from '../kubernetes/notice.ts';
import type { Outcome } from './outcome.ts';
import type { HintSource } from './watch/hint.ts';
import type { Changes } from './snapshot/diff.ts';
import type { MountProblem } from './snapshot/problem.ts';
import type { Snapshots } from './snapshot/snapshot.ts';
import type { Failure } from './outcome.ts';
import type { Process } from './target/processes.ts';
import type { WatchNotice } from './watch/watcher.ts';

/** Everything that happens, in the words of the product. Logs, metrics and status subscribe. */
export type Events = {
  /** Something said "look again". */
  hint: [{ source: HintSource; mount?: string }];
  /** How a mount is watched was settled, or changed. */
  'watch-mode': [WatchNotice];
  /** A mount cannot be read; told once, until that changes. */
  'mount-problem': [{ mount: string; problem: MountProblem }];
  /** A mount that had a problem was read. */
  'mount-recovered': [{ mount: string }];
  /** Every mount is read and watched. */
  watching: [{ rules: readonly RulePreview[] }];
  /** Whether a reload would work now, as far as it shows, has changed; `news`: nothing else tells of it. */
  reloadable: [{ rule: string; failure?: Failure; news: boolean }];
  /** Something about the settings or the pod is not as it should be; told once, after the start. */
  finding: [{ check: Fault; rule?: string; reason: string; remedy: string }];
  /** The configuration file changed, and its new version is in force. */
  'config-changed': [{ path: string; rules: readonly string[] }];
  /** The configuration file changed and cannot be used: the old version stays in force. */
  'config-kept': [{ path: string; reason: string; problems?: readonly ConfigProblem[] }];
  /** New content, of which some keys count. */
  'update-seen': [{ rule: string; changes: Changes; hash: string }];
  /** What came of a burst, or of an attempt. */
  decided: [Decision];
  /** The content that was read last, and is to be applied. */
  desired: [{ rule: string; snapshots: Snapshots }];
  /** The content that was reloaded and verified. */
  applied: [{ rule: string; snapshots: Snapshots }];
  /** What the app sees, where rehup writes that: told at the start, and after each change of it. */
  published: [PublishedNow];
  /** What the app has taken is kept beyond the pod; `isNew`: it was not before. */
  kept: [{ rule: string; object: string; hash: string; isNew: boolean }];
  /** It could not be kept; `isOfApi`: that was told by `api-problem`. */
  'not-kept': [{ rule: string; reason: string; remedy: string; isOfApi: boolean }];
  /** What another pod had kept is shown, and not what the sources hold. */
  'started-from-kept': [StartedFromKept];
  /** Which of two sources this pod has, and why: told at the start, and when that changes. */
  canary: [CanaryNow];
  /** Content failed even after a restart: no further attempt with it; or that is over. */
  circuit: [{ rule: string; open: boolean }];
  /** A burst was taken up, before anything is read. */
  'turn-began': [{ sources: ReadonlySet<HintSource> }];
  /** Somebody asked for a reload that cannot begin at once. */
  'trigger-waits': [{ source: HintSource; reason: string }];
  /** A burst was dealt with by every rule. */
  /** Unfinished: the content moved before anything came of it, and it is looked at again. */
  'turn-ended': [{ sources: ReadonlySet<HintSource>; isUnfinished: boolean }];
  /** A line that a command wrote. */
  'exec-output': [{ rule?: string } & OutputLine];
  /** The Kubernetes API does not do what a feature needs; told once, until it is over. */
  'api-problem': [{ feature: Feature; reason: string; remedy: string }];
  'api-recovered': [{ feature: Feature }];
  /** The objects behind the mounts are watched, as far as is allowed. Each as `Kind/name`. */
  'prompt-started': [{ objects: readonly string[] }];
  /** So many replicas that asking their kubelets would be no faster than waiting for them. */
  'prompt-idle': [{ replicas: number }];
  /** The kubelet was asked to bring updates of these objects into these mounts. */
  'sync-asked': [{ objects: readonly string[]; mounts: readonly string[] }];
  /** How far a mount is behind an object behind it. */
  'kubelet-lag': [KubeletLag];
  /** What becomes of the rolling restart of the own workload. */
  rollout: [{ rule: string } & RolloutStage];
  /** What becomes of new content in the pods of the own workload. */
  wave: [WaveNews];
  /** An object behind a mount was deleted. */
  'object-deleted': [{ object: string }];
  /** All that the sources hold is in the directory that they are written to. */
  'source-delivered': [
    {
      rule: string;
      directory: string;
      objects: number;
      files: number;
      refused: number;
      tookMs: number;
    },
  ];
  /** A key of an object that is not written anywhere; told once, until that is over. */
  'source-refused': [{ object: string; key: string; reason: string; remedy: string }];
  /** An object that a source names was deleted: its content stays. */
  'source-object-gone': [{ object: string }];
  /** Asked to stop. */
  stopping: [{ reason: string }];
};

/** A step of a wave, as this pod has seen or taken it. */
export type WaveNews = {
  rule: string;
  stage: 'first' | 'opened' | 'good' | 'rejected' | 'unasked';
  /** Names the content, equal in all pods. */
  hash: string;
  /** Who said so. */
  by?: string;
  /** The part of all pods that may have it now, 0 to 1. */
  open?: number;
  reason?: string;
  remedy?: string;
};

/** An object behind a mount has moved, or the kubelet has brought that into the mount. */
export type KubeletLag = {
  mount: string;
  /** `Kind/name`. */
  object: string;
  resourceVersion: string;
  /** When the object moved, wall clock, in milliseconds. */
  movedAtMs: number;
  /** From there to the swap on disk, in milliseconds; absent while it has not come, or never came. */
  lagMs?: number;
  /** The kubelet has yet to bring it. */
  pending: boolean;
};

/** Whom a rule would act on, as seen at the start. */
export type RulePreview = {
  rule: string;
  action: Action['kind'];
  /** Paths. */
  mounts: readonly string[];
  targets: readonly Process[];
  failure?: Failure;
  awaited?: Failure;
};

export type PublishedNow = {
  rule: string;
  /** The name of its directory. */
  generation: string;
  /** The app took it, and lived on. */
  proved: boolean;
  /** SHA-256 over the content that is shown, and over what would be shown again instead. */
  hashes: { shown: string; lastGood: string | undefined };
  /** It is what an earlier pod had kept: since when, ISO 8601, and by which one. */
  kept?: { at: string; by: string };
};

export type StartedFromKept = {
  rule: string;
  /** `Kind/name`. */
  object: string;
  /** When it was kept, ISO 8601, and by which pod. */
  at: string;
  by: string;
  /** SHA-256 over the content that is shown, and over what the sources hold. */
  hashes: { shown: string; source: string };
  reason: string;
  remedy?: string;
};

export type CanaryNow = Choice & {
  rule: string;
  /** Of this pod among all pods, 0 to below 100. */
  place: number;
  /** For how many percent of the pods next is; absent where that cannot be told. */
  percent?: number;
  /** Paths of both. */
  mounts: Readonly<Record<SourceName, string>>;
};

export type Decision = {
  rule: string;
  action: Action['kind'];
  outcome: Outcome;
  /** What differs from the content applied last; empty where that is not known. */
  changes: Changes;
  /** SHA-256 over the content this is about. */
  hash: string;
  targets: readonly Process[];
  reason?: string;
  remedy?: string;
  /** As in the failure it came of. */
  check?: Failure['check'];
  set?: Failure['set'];
  waits?: Failure['waits'];
  /** The whole attempt with its proof, in milliseconds; absent where nothing was attempted. */
  tookMs?: number;
  /** From the swap on disk to the action, in milliseconds. */
  swapToReloadMs?: number;
  /** When the next attempt follows, in milliseconds. */
  retryInMs?: number;
  /** Content differs from what is applied. */
  pending: boolean;
};

export type EventBus = EventEmitter<Events>;

export function createEventBus(): EventBus {
  return new EventEmitter<Events>();
}
