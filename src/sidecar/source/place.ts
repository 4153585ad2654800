import { isAbsolute, relative } from 'node:path';
import type { SourceSpec } from '../../config/parse-source.ts';
import { reasonOf } from '../../system/errors.ts';
import { parseVolumePath } from '../../system/volume/paths.ts';

/** Where the files of an object go: below the directory that the app mounts. */
export type PlaceInput = {
  spec: Pick<SourceSpec, 'kind' | 'folder' | 'names'>;
  /** The directory as the app knows it: a folder may be given with it in front. */
  directory: string;
  namespace: string;
  name: string;
  /** What the annotation says. */
  folder: string | undefined;
};

/** The path of a key below the directory; or why it is not to be written anywhere. */
export type Placed = { path: string } | { refused: string };

export function placeKey(input: PlaceInput, key: string): Placed {
  const folder = folderOf(input);
  if (folder === undefined) {
    return { refused: `its folder ${input.folder ?? ''} is outside of ${input.directory}` };
  }
  try {
    return { path: parseVolumePath(`${folder}${fileName(input, key)}`) };
  } catch (error) {
    return { refused: reasonOf(error) };
  }
}

/** Empty, or with a slash at its end; `undefined` for one that is not below the directory. */
function folderOf({ folder, directory }: PlaceInput): string | undefined {
  if (folder === undefined || folder === '') return '';
  const below = isAbsolute(folder) ? relative(directory, folder) : folder;
  // Looked at as it was written, too: what goes up and comes down again is nobody's intention.
  if (folder.split('/').includes('..') || isAbsolute(below)) return undefined;
  if (below.split('/').includes('..')) return undefined;
  return below === '' ? '' : `${below}/`;
}

function fileName({ spec, namespace, name }: PlaceInput, key: string): string {
  if (spec.names === 'key') return key;
  return `namespace_${namespace}.${spec.kind.toLowerCase()}_${name}.${key}`;
}
