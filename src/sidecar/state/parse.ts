import { Plain } from '../../system/errors.ts';
import type { HeldSignal } from '../rule/held-signal.ts';
import type { Asked } from '../act/restart/asked.ts';
import type { AllHeld, Kept } from '../rule/memory.ts';

/** Of the file; earlier versions of rehup may have left out what came later. */
export const FORMAT = 1;

/** @throws Plain where it is damaged, or not ours. */
export function parseState(text: string): Kept {
  const state = parseJson(text);
  if (!isRecord(state) || state['format'] !== FORMAT || !isRecord(state['applied'])) {
    throw new Plain('it is not a state file of this version of rehup');
  }
  // Earlier versions did not write down who has it, nor which signals are held, nor what was asked for.
  const { applied, targets = {}, held = {}, asked } = state;
  if (!isRecord(targets) || !isHeld(held)) throw new Plain('it is damaged');
  if (asked !== undefined && !isAsked(asked)) throw new Plain('it is damaged');
  const rules = Object.entries(applied).map(([rule, mounts]) => {
    const holders = Object.hasOwn(targets, rule) ? targets[rule] : undefined;
    if (!isHashes(mounts) || !(holders === undefined || isTexts(holders))) {
      throw new Plain('it is damaged');
    }
    return [rule, { mounts, targets: holders }] as const;
  });
  return { applied: Object.fromEntries(rules), held, ...(asked && { asked }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Plain('it is not JSON');
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

function isHeld(value: unknown): value is AllHeld {
  return (
    isRecord(value) &&
    Object.values(value).every((one) => Array.isArray(one) && one.every(isHeldSignal))
  );
}

function isAsked(value: unknown): value is Asked {
  if (!isRecord(value)) return false;
  const { open, timesMs, listeners } = value;
  const areTimes = Array.isArray(timesMs) && timesMs.every((one) => Number.isFinite(one));
  return typeof open === 'boolean' && areTimes && isTexts(listeners);
}

function isHeldSignal(value: unknown): value is HeldSignal {
  if (!isRecord(value)) return false;
  const { container, signal, hash, held, instance, successor } = value;
  return (
    typeof container === 'string' &&
    Number.isSafeInteger(signal) &&
    isHash(hash) &&
    typeof held === 'boolean' &&
    [instance, successor].every((one) => one === undefined || typeof one === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
