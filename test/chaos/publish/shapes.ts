import type { Generation } from '../../support/kubelet-volume.ts';

/** What is the same for all schedules with publishing that are played in one pod. */
export interface PublishShape {
  readonly name: string;
  readonly generation: Generation;
  /** The uid of rehup and of the app; root without it. */
  readonly uid?: number;
  /** `REHUP_PUBLISH_AS`: all keys as links, or the form of each. */
  readonly forms?: string;
  /** `app.conf` has the same inode for ever; a reader may see one half of it. */
  readonly inPlace: boolean;
  /** How the app is told. */
  readonly action: 'signal' | 'restart';
  /** The app says at a URL whether it is well with what it has loaded. */
  readonly verify: boolean;
}

const BASE = { generation: 'G3', inPlace: false, action: 'signal', verify: true } as const;

/** A seed belongs to the shape at its remainder. To append one changes what every seed means. */
export const publishShapes: readonly PublishShape[] = [
  { ...BASE, name: 'links' },
  { ...BASE, name: 'files', forms: '*=files' },
  { ...BASE, name: 'links-no-verify', verify: false },
  { ...BASE, name: 'links-user', uid: 1000, generation: 'G2' },
  { ...BASE, name: 'mixed-forms', forms: 'key-*=files' },
  { ...BASE, name: 'in-place', forms: 'app.conf=in-place', inPlace: true },
  { ...BASE, name: 'files-user-restart', forms: '*=files', uid: 1000, action: 'restart' },
];

export function publishShapeOf(seed: number): PublishShape {
  return publishShapes[seed % publishShapes.length] as PublishShape;
}
