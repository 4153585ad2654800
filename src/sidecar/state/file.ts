import { closeSync, fsyncSync, openSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Plain, reasonOf } from '../../system/errors.ts';
import { readOwn } from '../../system/regular-file.ts';
import { createMemory, type Memory, type Remembered } from '../rule/memory.ts';

const NAME = 'rehup-state.json';
const FORMAT = 1;

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
  return createMemory(readState(path, complain), (all) => {
    try {
      writeState(path, all);
      told = false;
    } catch (error) {
      if (!told) complain('cannot be written', error);
      told = true;
      // What it tells is not so any more, and a full disk lets files go.
      removeState(path);
    }
  });
}

function removeState(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As with the write, the next start may find what is out of date.
  }
}

function readState(path: string, complain: (doing: string, error: unknown) => void): Remembered {
  try {
    return parseState(readOwn(path, MAX_BYTES));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') complain('is left out of account', error);
    return {};
  }
}

function parseState(text: string): Remembered {
  const state = parseJson(text);
  if (!isRecord(state) || state['format'] !== FORMAT || !isRecord(state['applied'])) {
    throw new Plain('it is not a state file of this version of rehup');
  }
  // Earlier versions did not write down who has it.
  const { applied, targets = {} } = state;
  if (!isRecord(targets)) throw new Plain('it is damaged');
  return Object.fromEntries(
    Object.entries(applied).map(([rule, mounts]) => {
      const holders = Object.hasOwn(targets, rule) ? targets[rule] : undefined;
      if (!isHashes(mounts) || !(holders === undefined || isTexts(holders))) {
        throw new Plain('it is damaged');
      }
      return [rule, { mounts, targets: holders }];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Plain('it is no JSON');
  }
}

function isHashes(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every(isHash);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Written beside, synced and renamed: a crash leaves the old file or the new one. */
function writeState(path: string, all: Remembered): void {
  const rules = Object.entries(all);
  const applied = Object.fromEntries(rules.map(([rule, { mounts }]) => [rule, mounts]));
  const targets = Object.fromEntries(rules.map(([rule, one]) => [rule, one.targets]));
  const temporary = `${path}.tmp`;
  const handle = createAnew(temporary);
  try {
    writeSync(handle, `${JSON.stringify({ format: FORMAT, applied, targets })}\n`);
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
