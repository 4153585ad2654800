import {
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Identity, identify } from './content.ts';
import type { Damage } from './schedule.ts';

/** The published directory, as the test sees it. */
export interface Published {
  /** What an app finds that looks at `..data` once; `undefined` where nothing is whole there. */
  readonly behindData: () => Identity | undefined;
  /** What an app finds that takes each key by its own name. */
  readonly byName: () => Identity | undefined;
  /** What should not be there once nothing is left to do. */
  readonly leftovers: () => string[];
  readonly inodeOf: (key: string) => number | undefined;
  readonly damage: (what: Damage) => void;
}

const MOST_GENERATIONS = 3;
const OWN = new Set(['..data', '..rehup.json', '..filler']);

/** @param uid Whoever else writes there does so as this user. */
export function lookAtPublished(root: string, uid = 0): Published {
  return {
    behindData: () => read(join(root, '..data')),
    byName: () => read(root),
    leftovers: () => {
      const own = readdirSync(root).filter((name) => name.startsWith('..') && !OWN.has(name));
      const generations = own.filter((name) => /^\.\.\d/.test(name));
      const others = own.filter((name) => !generations.includes(name));
      return generations.length > MOST_GENERATIONS ? [...others, ...generations] : others;
    },
    inodeOf: (key) => errorless(() => statInode(join(root, key))),
    damage: (what) => {
      errorless(() => damage(root, what, uid));
    },
  };
}

function damage(root: string, what: Damage, uid: number): void {
  const shown = join(root, readlinkSync(join(root, '..data')));
  switch (what) {
    case 'key':
      return unlinkSync(join(root, 'app.conf'));
    case 'data-link':
      return unlinkSync(join(root, '..data'));
    case 'generation':
      return rmSync(shown, { recursive: true });
    case 'key-in-generation':
      return unlinkSync(join(shown, 'app.conf'));
    case 'state':
      return unlinkSync(join(root, '..rehup.json'));
    case 'garbled-state':
      return writeFileSync(join(root, '..rehup.json'), '{"format":1,"generations":{');
    case 'stray':
      mkdirSync(join(root, '..2020_01_01_00_00_00.1'));
      chownSync(join(root, '..2020_01_01_00_00_00.1'), uid, uid);
      return writeFileSync(join(root, '..2020_01_01_00_00_00.1/key'), 'stray');
    default:
      return what satisfies never;
  }
}

function statInode(path: string): number {
  return lstatSync(path).ino;
}

function errorless<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    // Somebody else was there before.
    return undefined;
  }
}

/** `undefined` where it cannot be read. */
function read(directory: string): Identity | undefined {
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith('..'));
    const pairs = names.map((name) => `${name}=${readFileSync(join(directory, name), 'utf8')}`);
    return identify(pairs.join(' '));
  } catch {
    return undefined;
  }
}
