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
}

const BASE = {
  generation: 'G3',
  watchMode: 'auto',
  state: false,
  secret: false,
  reader: false,
  clock: false,
  prompt: false,
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
];

export function shapeOf(seed: number): Shape {
  return shapes[seed % shapes.length] as Shape;
}
