import { Plain } from '../../system/errors.ts';
import { explainBadKey, type KeyFile, type KeyFiles, READ_ONLY } from './keys.ts';
import type { Edit } from './step.ts';

/** A step that cannot be done with the keys there are. */
export class ImpossibleStep extends Plain {}

/** What a volume holds where nothing else is given. */
export const sample: KeyFiles = new Map([
  ['app.conf', textFile('greeting = hello\nupdate = 0\n')],
  ['limits.yaml', textFile('connections: 100\nupdate: 0\n')],
]);

export function textFile(text: string): KeyFile {
  return { content: Buffer.from(text), mode: READ_ONLY };
}

/**
 * The keys after an edit.
 *
 * @param turn Number of the step: without a key, `change` takes one key after the other.
 */
export function applyEdit(edit: Edit, files: KeyFiles, turn: number): KeyFiles {
  const after = new Map(files);
  switch (edit.name) {
    case 'change': {
      const names = [...files.keys()].toSorted();
      const key = edit.key ?? names[turn % names.length] ?? missing('change');
      const file = files.get(key) ?? missing('change', key);
      return after.set(key, { ...file, content: changeContent(file.content) });
    }
    case 'add': {
      const key = edit.key ?? freeName(files);
      if (files.has(key)) throw new ImpossibleStep(`add: there is a key ${key} already`);
      const fault = explainBadKey(key);
      if (fault !== undefined) throw new ImpossibleStep(`add: ${key} ${fault}`);
      return after.set(key, textFile('update = 0\n'));
    }
    case 'remove': {
      const key = edit.key ?? lastAdded(files) ?? missing('remove');
      if (!after.delete(key)) missing('remove', key);
      return after;
    }
    case 'set': {
      const mode = files.get(edit.key)?.mode ?? READ_ONLY;
      return after.set(edit.key, { content: Buffer.from(edit.value), mode });
    }
    default:
      return edit satisfies never;
  }
}

/**
 * Other bytes that mean the same to nearly every format: an empty line more or less at the end. A
 * file with a number after the word `update` has that counted up instead, so that it can be seen.
 */
export function changeContent(content: Buffer): Buffer {
  // One character per byte: what is not text stays as it is.
  const text = content.toString('latin1');
  const counted = text.replace(
    /(\bupdate\W{1,5})(\d{1,15})/,
    (_, before: string, count: string) => `${before}${Number(count) + 1}`,
  );
  if (counted !== text) return Buffer.from(counted, 'latin1');
  return Buffer.from(text.endsWith('\n\n') ? text.slice(0, -1) : `${text}\n`, 'latin1');
}

function missing(step: string, key?: string): never {
  throw new ImpossibleStep(`${step}: there is no key${key === undefined ? '' : ` ${key}`}`);
}

const ADDED = 'added-';

function freeName(files: KeyFiles): string {
  let number = 1;
  while (files.has(`${ADDED}${number}`)) number += 1;
  return `${ADDED}${number}`;
}

/** What `add` has added before anything else. */
function lastAdded(files: KeyFiles): string | undefined {
  const names = [...files.keys()];
  return names.findLast((name) => name.startsWith(ADDED)) ?? names.toSorted().at(-1);
}
