import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as actions from './actions.ts';
import type { FileModes } from './actions.ts';
import { parsePayload } from './payload.ts';
import type { Files, Payload } from './payload.ts';
import type { Random } from './random.ts';
import { makeTsDir } from './ts-dir.ts';

/**
 * How the kubelet orders its steps. `G0`: 1.20; the visible links come before the swap, fsGroup is
 * applied after it and at every sync. `G2`: 1.27; links after the swap, fsGroup before it. `G3`:
 * 1.30 and later; as G2, and missing links are made again at every sync.
 */
export type Generation = 'G0' | 'G2' | 'G3';

export type StepName =
  | 'read-data-link'
  | 'compare'
  | 'make-ts-dir'
  | 'write-files'
  | 'set-permissions'
  | 'link-data-tmp'
  | 'rename-data-tmp'
  | 'create-links'
  | 'remove-links'
  | 'remove-old-ts-dir';

export interface VolumeSettings extends FileModes {
  readonly generation: Generation;
  /** Applies `fsGroup` to the whole root; none without it. */
  readonly setPermissions?: ((root: string) => void) | undefined;
  readonly now: () => Date;
  /** Two sources, so that a timestamp drawn twice does not change the order of files and links. */
  readonly order: Random;
  readonly suffixes: Random;
}

/**
 * One sync of the volume. Yields the name of each step just done; returns whether it wrote.
 *
 * @param always Write also what is equal, as if another key of a projected volume had changed.
 */
export function* syncVolume(
  root: string,
  payload: Payload,
  settings: VolumeSettings,
  always = false,
): Generator<StepName, boolean> {
  const files = parsePayload(payload);
  statSync(root);
  const oldName = actions.readDataLink(root);
  yield 'read-data-link';
  if (oldName === undefined) {
    yield* writeVolume(root, files, settings);
    return true;
  }
  const old = join(root, oldName);
  const stalePaths = actions.findStalePaths(old, files);
  const differs = actions.hasNewContent(old, files);
  const changed = always || differs || stalePaths.length > 0;
  yield 'compare';
  if (changed) yield* writeVolume(root, files, settings, { path: old, stalePaths });
  else yield* leaveVolume(root, files, settings);
  return changed;
}

interface OldTsDir {
  readonly path: string;
  readonly stalePaths: readonly string[];
}

function* writeVolume(
  root: string,
  files: Files,
  settings: VolumeSettings,
  old?: OldTsDir,
): Generator<StepName, void> {
  const { generation, order } = settings;
  const tsDirName = makeTsDir(root, settings.now(), settings.suffixes);
  yield 'make-ts-dir';
  actions.writeFiles(join(root, tsDirName), files, settings, order);
  yield 'write-files';
  if (generation === 'G0') {
    // On the first write these links have no target before the swap (kubernetes issue #93686).
    actions.createLinks(root, files, order);
    yield 'create-links';
  } else {
    yield* applyPermissions(root, settings);
  }
  actions.linkNewData(root, tsDirName);
  yield 'link-data-tmp';
  renameSync(join(root, actions.NEW_DATA_LINK), join(root, actions.DATA_LINK));
  yield 'rename-data-tmp';
  if (generation !== 'G0') {
    actions.createLinks(root, files, order);
    yield 'create-links';
  }
  actions.removeLinks(root, old?.stalePaths ?? [], order);
  yield 'remove-links';
  if (old) rmSync(old.path, { recursive: true, force: true });
  yield 'remove-old-ts-dir';
  // Readers in the group get EACCES from the swap until here (kubernetes issue #114461).
  if (generation === 'G0') yield* applyPermissions(root, settings);
}

/** What a sync does when neither a byte nor a path differs. */
function* leaveVolume(
  root: string,
  files: Files,
  settings: VolumeSettings,
): Generator<StepName, void> {
  if (settings.generation === 'G0') yield* applyPermissions(root, settings);
  if (settings.generation === 'G3') {
    // Heals a sync that ended between swap and links (kubernetes issue #121472).
    actions.createLinks(root, files, settings.order);
    yield 'create-links';
  }
}

function* applyPermissions(
  root: string,
  { setPermissions }: VolumeSettings,
): Generator<StepName, void> {
  if (setPermissions === undefined) return;
  setPermissions(root);
  yield 'set-permissions';
}
