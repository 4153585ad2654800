import { createHash } from 'node:crypto';
import { realpathSync, statSync, type BigIntStats } from 'node:fs';
import { type Layout, readLayout } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import { walk } from '../mount/walk.ts';

/** What can be known of a mount without reading contents; equal versions need no second look. */
export type Version = {
  kind: Layout['kind'];
  /** Moves with every swap. */
  version: string;
  /** Moves with every edit in place; empty where swaps alone matter, or when not asked for. */
  contents: string;
  /** A kubelet update has ended: nothing more will follow. */
  complete: boolean;
  /** No commit point: files are edited where they are. */
  inPlace: boolean;
};

/** @param deep Also look at the stats of all files that may be edited in place. */
export function readVersion(mount: Mount, { deep }: { deep: boolean }): Version {
  const layout = readLayout(mount.path, mount.volume?.kind === 'configmap');
  switch (layout.kind) {
    case 'kubelet':
      return { ...layout, contents: '', inPlace: false };
    case 'link':
    case 'directory':
    case 'file':
      return {
        kind: layout.kind,
        version: layout.kind === 'link' ? layout.version : layout.kind,
        contents: deep ? hashStats(mount.path) : '',
        complete: false,
        inPlace: layout.kind !== 'link',
      };
    case 'torn-down':
    case 'absent':
    case 'unreadable': {
      const { kind } = layout;
      return { kind, version: kind, contents: '', complete: false, inPlace: false };
    }
    default:
      return layout satisfies never;
  }
}

/** One hash over the stats of a file, or of all files below a directory. */
function hashStats(path: string): string {
  const hash = createHash('sha256');
  try {
    const root = realpathSync(path);
    const stats = statSync(root, { bigint: true });
    hash.update(describe('', stats));
    if (stats.isDirectory()) {
      for (const { key, readStats } of walk(Buffer.from(root))) {
        const inner = readStats();
        if (inner !== undefined) hash.update(describe(key, inner));
      }
    }
  } catch {
    // Went away, not for us, or more than can be looked at: that, too, is a version of its own.
    hash.update('unreadable');
  }
  return hash.digest('hex');
}

function describe(key: string, { ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${key}\0${ino} ${size} ${mtimeNs} ${ctimeNs}\n`;
}
