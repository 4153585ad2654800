import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/system/clock.ts';
import type { FormOf } from '../../src/sidecar/publish/forms.ts';
import { openPublisher, type Publisher } from '../../src/sidecar/publish/publisher.ts';

/** One key of each form in every round; `fresh` and `gone` are only in some. */
const ALWAYS = ['linked', 'file', 'in-place'] as const;

const FORMS: FormOf = (name) =>
  name === 'file' || name === 'in-place' ? (name === 'file' ? 'files' : 'in-place') : 'links';

export function openRounds(root: string): Publisher {
  return openPublisher(root, systemClock, FORMS);
}

/** One line, as many times as it says itself: a part of it shows, and so do parts of two. */
function textOf(round: string): string {
  return `${round} 64\n`.repeat(64);
}

export async function showRound(publisher: Publisher, round: string): Promise<void> {
  const keys = [...ALWAYS, round === 'one' ? 'gone' : 'fresh'];
  const content = Buffer.from(textOf(round));
  const name = await publisher.stage(keys.map((path) => ({ path, content })));
  publisher.flip(name, { hash: round, mounts: {} });
}

export type Shown = {
  /** The round behind `..data`, all of it. */
  together: string;
  /** Round of each key that is always there, by its own name. */
  byName: readonly string[];
  /** Names that are to be there: of what is behind `..data`. */
  missing: readonly string[];
  /** What a writer keeps for itself, beside `..data`, its state and generations. */
  leftovers: readonly string[];
  generations: number;
};

/** @throws where what is behind `..data` is torn or mixed. */
export function readTogether(root: string): string {
  const data = readdirSync(join(root, '..data'));
  const together = new Set(data.map((name) => roundOf(join(root, '..data', name))));
  if (together.size !== 1) throw new Error(`mixed: ${[...together].join(', ')}`);
  return [...together].join('');
}

/** @throws where anything is torn, missing or mixed that never may be. */
export function readRounds(root: string): Shown {
  const own = readdirSync(root).filter((name) => name.startsWith('..'));
  const generations = own.filter((name) => /^\.\.\d/.test(name));
  return {
    together: readTogether(root),
    byName: ALWAYS.map((name) => roundOf(join(root, name), name === 'in-place')),
    missing: readdirSync(join(root, '..data')).filter((name) => !existsSync(join(root, name))),
    leftovers: own.filter(
      (name) => !generations.includes(name) && name !== '..data' && name !== '..rehup.json',
    ),
    generations: generations.length,
  };
}

/** What is written in place may be read in two halves: this one is only known to be there. */
function roundOf(path: string, mayBeTorn = false): string {
  const text = readFileSync(path, 'utf8');
  const round = text.split(' ', 1)[0] ?? '';
  if (text !== textOf(round) && !mayBeTorn) throw new Error(`torn: ${path}: ${text.slice(0, 40)}`);
  return round;
}
