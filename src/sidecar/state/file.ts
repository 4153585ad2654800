import { closeSync, fsyncSync, openSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, reasonOf } from '../../system/errors.ts';
import { readOwn } from '../../system/regular-file.ts';
import { createMemory, type Kept, type Memory, type Remembered } from '../rule/memory.ts';
import { FORMAT, parseState } from './parse.ts';

const NAME = 'rehup-state.json';

/** A hash for each rule and mount is far less. */
const MAX_BYTES = 4 * 1024 * 1024;

export type StateProblem = { path: string; reason: string; remedy: string };

/**
 * What is applied, kept in a directory that outlives the container. A file that is damaged or not
 * ours is left out of account, and replaced by the next write.
 */
export function openMemory(directory: string, onProblem: (problem: StateProblem) => void): Memory {
  const path = join(directory, NAME);
  const complain = (doing: string, error: unknown): void => {
    onProblem({
      path,
      reason: `${doing}: ${reasonOf(error)}`,
      remedy:
        'mount an emptyDir at REHUP_STATE_DIR in the rehup container; until then, start times alone decide what was missed',
    });
  };
  let told = false;
  const { applied, ...kept } = readState(path, complain);
  const save = (_: Remembered, all: Kept): boolean => {
    try {
      writeState(path, all);
      told = false;
      return true;
    } catch (error) {
      if (!told) complain('cannot be written', error);
      told = true;
      // What it tells is not so any more, and a full disk lets files go.
      removeState(path);
      return false;
    }
  };
  return createMemory(applied, save, kept);
}

function removeState(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As with the write, the next start may find what is out of date.
  }
}

function readState(path: string, complain: (doing: string, error: unknown) => void): Kept {
  try {
    return parseState(readOwn(path, MAX_BYTES));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') complain('is left out of account', error);
    return { applied: {}, held: {} };
  }
}

/** Written beside, synced and renamed: a crash leaves the old file or the new one. */
function writeState(path: string, { applied: all, held, asked }: Kept): void {
  const rules = Object.entries(all);
  const applied = Object.fromEntries(rules.map(([rule, { mounts }]) => [rule, mounts]));
  const targets = Object.fromEntries(rules.map(([rule, one]) => [rule, one.targets]));
  const temporary = `${path}.tmp`;
  const handle = createAnew(temporary);
  try {
    writeSync(handle, `${JSON.stringify({ format: FORMAT, applied, targets, held, asked })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
}

/** Others may write to the directory: a link that they put there would lead elsewhere. */
function createAnew(path: string): number {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return openSync(path, 'wx', 0o600);
}
