import type { Settings } from '../../config/options.ts';
import type { ContentKind } from '../../kubernetes/content.ts';
import { mayBeSecret, type Mount } from '../mount/mount.ts';

/** A Secret wherever something secret may have come into what is published. */
export function keptKind(
  { source, expand, render }: Pick<Settings, 'source' | 'expand' | 'render'>,
  mounts: readonly Mount[],
): ContentKind {
  // What is filled in, or made by a program, comes from variables and files of any kind.
  if (render !== undefined || (expand ?? []).length > 0) return 'Secret';
  const isSecret =
    source === undefined ? mounts.some(mayBeSecret) : source.some(({ kind }) => kind === 'Secret');
  return isSecret ? 'Secret' : 'ConfigMap';
}
