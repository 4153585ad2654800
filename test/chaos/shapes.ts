import type { Generation } from '../support/kubelet-volume.ts';

/** What is the same for all schedules that are played in one pod. */
export interface Shape {
  readonly name: string;
  readonly generation: Generation;
  /** `REHUP_WATCH_MODE`. */
  readonly watchMode: 'auto' | 'inotify' | 'poll';
  /** rehup has a state directory: a tmpfs of a few pages. */
  readonly state: boolean;
  /** The uid of the app and of rehup; root without it. Volumes belong to this group, and to no other. */
  readonly uid?: number;
  /** Beside the ConfigMap, a Secret is mounted and watched. */
  readonly secret: boolean;
  /** Another container mounts the ConfigMap too, and has no handler: a signal would kill it. */
  readonly reader: boolean;
  /** The wall clock steps. */
  readonly clock: boolean;
  /** rehup watches the objects in an API server, which goes away at times. */
  readonly prompt: boolean;
  /** How the app is told. With `http`, two URLs each have to take it. */
  readonly action: 'signal' | 'http' | 'exec' | 'restart';
  /** The app is found by its pid file, in a directory that both containers have. */
  readonly pidFile: boolean;
  /** One rule for each volume, from a file that changes as well. */
  readonly rules: boolean;
  /** A program judges new content, and some of it is not for the app. */
  readonly validate: boolean;
}

const BASE = {
  generation: 'G3',
  watchMode: 'auto',
  state: false,
  secret: false,
  reader: false,
  clock: false,
  prompt: false,
  action: 'signal',
  pidFile: false,
  rules: false,
  validate: false,
} as const;

/** A seed belongs to the shape at its remainder. To append one changes what every seed means. */
export const shapes: readonly Shape[] = [
  { ...BASE, name: 'plain' },
  { ...BASE, name: 'state', state: true },
  { ...BASE, name: 'old-kubelet-user', generation: 'G0', uid: 1000, state: true },
  { ...BASE, name: 'two-volumes-state', secret: true, state: true },
  { ...BASE, name: 'reader', reader: true },
  { ...BASE, name: 'clock', clock: true, state: true },
  { ...BASE, name: 'poll-state', watchMode: 'poll', state: true },
  { ...BASE, name: 'prompt', prompt: true, state: true },
  { ...BASE, name: 'user', generation: 'G2', uid: 1000 },
  { ...BASE, name: 'two-volumes', generation: 'G2', secret: true },
  { ...BASE, name: 'inotify-reader', watchMode: 'inotify', reader: true, state: true },
  { ...BASE, name: 'old-kubelet', generation: 'G0' },
  { ...BASE, name: 'two-rules', secret: true, rules: true, state: true },
  { ...BASE, name: 'http', action: 'http' },
  { ...BASE, name: 'exec', action: 'exec', state: true },
  { ...BASE, name: 'restart', action: 'restart' },
  { ...BASE, name: 'pid-file', pidFile: true },
  { ...BASE, name: 'pid-file-clock', pidFile: true, clock: true, state: true },
  { ...BASE, name: 'validate', validate: true, state: true },
  { ...BASE, name: 'two-rules-user', secret: true, rules: true, uid: 1000, generation: 'G2' },
  { ...BASE, name: 'http-state', action: 'http', state: true },
];

export function shapeOf(seed: number): Shape {
  return shapes[seed % shapes.length] as Shape;
}
