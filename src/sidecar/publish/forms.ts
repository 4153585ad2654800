import {
  closeSync,
  fchmodSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PublishForm } from '../../config/table/publish.ts';
import { remove } from '../../system/remove.ts';
import { comingLink, DATA_LINK, isShown } from '../../system/volume/names.ts';

/** The form of a key, by its name in the root of the published directory. */
export type FormOf = (name: string) => PublishForm;

/** A name for what is written beside, and renamed: gone with the next start, if that is not reached. */
const COMING = comingLink(0);

/**
 * Gives the keys of a generation that is shown their forms, where these are not links: a file that is
 * replaced, or one that is written where it is. Does nothing to what is so already, so that it ends what a
 * killed writer has begun.
 *
 * @param earlier Names that were given such a form before.
 * @returns Names that have one now.
 */
export function applyForms(
  root: string,
  generation: string,
  formOf: FormOf,
  earlier: readonly string[],
): string[] {
  const names = readdirSync(join(root, generation), { withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && formOf(entry.name) !== 'links');
  for (const { name } of files) {
    const source = join(root, generation, name);
    if (formOf(name) === 'in-place') writeInPlace(source, join(root, name), root);
    else replaceFile(source, join(root, name), root);
  }
  const now = new Set(files.map(({ name }) => name));
  const linked = new Set(names.map(({ name }) => name).filter((name) => !now.has(name)));
  for (const name of earlier.filter((one) => isShown(one) && !now.has(one))) {
    if (!isFile(join(root, name))) continue;
    if (linked.has(name)) replaceByLink(root, name);
    else remove(join(root, name));
  }
  return [...now].toSorted();
}

/** Whoever reads the old one reads it to its end. */
function replaceFile(source: string, place: string, root: string): void {
  if (isSame(source, place)) return;
  const coming = join(root, COMING);
  remove(coming);
  writeFileSync(coming, readFileSync(source), { flag: 'wx', mode: 0o600 });
  try {
    copyMode(source, coming);
    renameSync(coming, place);
  } catch (error) {
    remove(coming);
    throw error;
  }
}

/** The same inode, which is all that a mount by subPath shows; a reader may see one half of it. */
function writeInPlace(source: string, place: string, root: string): void {
  if (!isFile(place)) return replaceFile(source, place, root);
  if (isSame(source, place)) return undefined;
  const before = readFileSync(place);
  const handle = openSync(place, 'r+');
  try {
    writeAll(handle, readFileSync(source));
    fchmodSync(handle, statSync(source).mode & 0o777);
  } catch (error) {
    // There is no room for the new one; for the old one there is.
    writeAll(handle, before);
    throw error;
  } finally {
    closeSync(handle);
  }
  return undefined;
}

function writeAll(handle: number, content: Buffer): void {
  for (let done = 0; done < content.length;) {
    done += writeSync(handle, content, done, content.length - done, done);
  }
  ftruncateSync(handle, content.length);
}

function replaceByLink(root: string, name: string): void {
  const coming = join(root, COMING);
  remove(coming);
  symlinkSync(`${DATA_LINK}/${name}`, coming);
  renameSync(coming, join(root, name));
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isSame(source: string, place: string): boolean {
  return (
    isFile(place) &&
    statSync(source).mode === statSync(place).mode &&
    readFileSync(source).equals(readFileSync(place))
  );
}

function copyMode(source: string, place: string): void {
  const handle = openSync(place, 'r');
  try {
    fchmodSync(handle, statSync(source).mode & 0o777);
  } finally {
    closeSync(handle);
  }
}
