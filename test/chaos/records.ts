import { readFileSync } from 'node:fs';
import type { LogLine } from '../support/start-rehup.ts';
import type { Shape } from './shapes.ts';

/** Milliseconds since boot: the clock of process start times, which nobody sets. */
export function uptimeMs(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
}

/** What containers see of the volumes has changed, between these two moments. */
export interface Swap {
  readonly fromMs: number;
  readonly toMs: number;
  /** As rehup shows it in its log; empty where rehup watches more than this volume. */
  readonly hash: string;
  /** `key=value` of each key, in order. */
  readonly content: string;
}

/** One process of the app, from its start to its end, by its own journal. */
export interface Incarnation {
  /** In the pod's PID namespace; `undefined` until it says so. */
  readonly pid: number | undefined;
  readonly startedMs: number;
  readonly loads: readonly Load[];
  /** When signals came after which the volume was found to be gone. */
  readonly vanished: readonly number[];
  /** All signals it got, with those after which it could not read the content. */
  readonly signals: number;
  /** The signal that ended it, if nobody of the test sent that. */
  readonly killedBy: string | undefined;
  readonly workerDied: boolean;
}

export interface Load {
  readonly by: 'start' | 'signal';
  readonly atMs: number;
  /** `key=value` of each key, in order. */
  readonly content: string;
}

/** One process of rehup. */
export interface Run {
  readonly lines: readonly LogLine[];
  readonly stderr: readonly string[];
  readonly startedMs: number;
  readonly endedMs: number | undefined;
  /** By the test; `itself` must not be. */
  readonly end: 'killed' | 'stopped' | 'itself' | undefined;
}

/** A time in which the state directory could not be written. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All that was seen in one pod so far. */
export interface Records {
  readonly swaps: readonly Swap[];
  readonly incarnations: readonly Incarnation[];
  readonly runs: readonly Run[];
  readonly stateful: boolean;
  readonly diskFull: readonly Window[];
  readonly clockSteps: readonly number[];
  /** When the volume was set up again, out of sight of the containers that ran. */
  readonly tornDown: readonly number[];
  /** When somebody asked for a reload. */
  readonly triggers: readonly number[];
  readonly action: Shape['action'];
  /** Lines of processes that are nobody's app, beside `ready`, and their ends. */
  readonly bystanders: readonly string[];
}
