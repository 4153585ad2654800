import { nearest } from './nearest.ts';
import { constants } from 'node:os';
import { isAbsolute } from 'node:path';
import { Plain, reasonOf } from '../system/errors.ts';
import { compileGlob } from './glob.ts';
import type { TargetSpec } from './target-spec.ts';
import { trimTrailing } from '../system/trailing.ts';

/** A value that cannot be used; the message says why, for a sentence of the form `value: reason`. */
export class InvalidValue extends Plain {}

/** Longest delay a timer can hold; Node turns longer ones into 1 ms. */
const LONGEST_MS = 2_147_483_647;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `250ms`, `3s`, `2m`, `1h`, `1m30s`, `0`. Returns milliseconds. */
export function parseDuration(text: string): number {
  const raw = text.trim();
  if (raw === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(raw)) {
    throw new InvalidValue('is not a duration; write a number with a unit: 250ms, 3s, 2m, 1h');
  }
  const parts = [...raw.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gy)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as 'ms'], 0);
  if (ms > LONGEST_MS) throw new InvalidValue('is longer than a timer can hold (24 days)');
  return ms;
}

export function parsePositiveDuration(raw: string): number {
  const ms = parseDuration(raw);
  if (ms <= 0) throw new InvalidValue('must be longer than 0');
  return ms;
}

/** `auto`, or what another parser takes. */
export function autoOr<Value>(parse: (raw: string) => Value): (raw: string) => 'auto' | Value {
  return (raw) => (raw.trim() === 'auto' ? 'auto' : parse(raw));
}

/** `unlimited`, or what another parser takes. */
export function unlimitedOr(parse: (raw: string) => number): (raw: string) => number {
  return (raw) => (raw.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : parse(raw));
}

/** Below this, polling would cost more than it brings. */
const SHORTEST_POLL_MS = 100;

export function parsePollInterval(raw: string): number {
  const ms = parseDuration(raw);
  if (ms < SHORTEST_POLL_MS) throw new InvalidValue(`must be at least ${SHORTEST_POLL_MS}ms`);
  return ms;
}

export function parseBoolean(raw: string): boolean {
  const word = raw.trim().toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(word)) return true;
  if (['false', '0', 'no', 'off'].includes(word)) return false;
  throw new InvalidValue('is neither true nor false');
}

/** Comma separated; blanks around the items do not count. */
export function parseList(raw: string): string[] {
  return raw
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** As long as a path may be. */
const LONGEST_GLOB = 4096;

export function parseGlobs(raw: string): string[] {
  return parseList(raw).map(requireGlob);
}

export function requireGlob(glob: string): string {
  if (glob.length > LONGEST_GLOB) {
    throw new InvalidValue(`has a glob of more than ${LONGEST_GLOB} characters`);
  }
  try {
    compileGlob(glob);
    return glob;
  } catch (error) {
    throw new InvalidValue(`has the glob ${glob}, which ${reasonOf(error)}`);
  }
}

export function parseWatch(raw: string): 'auto' | string[] {
  if (raw.trim() === 'auto') return 'auto';
  const paths = parseList(raw);
  if (paths.length === 0)
    throw new InvalidValue('names no directory; write auto or absolute paths');
  const relative = paths.find((path) => !isAbsolute(path));
  if (relative !== undefined) throw new InvalidValue(`${relative} is not an absolute path`);
  return paths.map((path) => trimTrailing(path, '/') || '/');
}

export type NamedSignal = { name: string; number: number };

/** signal(7), as glibc numbers them: the first two real-time signals are its own. */
const RTMIN = 34;
const RTMAX = 64;

/** `SIGHUP`, `hup`, `1`, `SIGRTMIN+3`, `rtmax-1`. */
export function parseSignal(raw: string): NamedSignal {
  const text = raw.trim().toUpperCase();
  const signal = /^\d+$/.test(text) ? signalByNumber(Number(text)) : signalByName(text);
  if (signal === undefined) {
    const name = text.startsWith('SIG') ? text : `SIG${text}`;
    throw new InvalidValue(
      `is not a signal; did you mean ${nearest(name, signalNames())}? A name, SIGRTMIN+0 to SIGRTMIN+30, or a number from 1 to 64`,
    );
  }
  if (signal.name === 'SIGSTOP') throw new InvalidValue('would freeze the app and reload nothing');
  return signal;
}

/** Those that stop or continue a process do not end it, and others are ignored by who does not ask for them. */
const NEVER_ENDING = ['SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGCONT', 'SIGCHLD', 'SIGURG'];

/** A signal that may end a process. */
export function parseStopSignal(raw: string): NamedSignal {
  const signal = parseSignal(raw);
  if (NEVER_ENDING.includes(signal.name)) throw new InvalidValue('ends no process');
  return signal;
}

function signalByName(text: string): NamedSignal | undefined {
  const name = text.startsWith('SIG') ? text : `SIG${text}`;
  const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1];
  if (number !== undefined) return { name, number };
  const [, edge, sign, offset = '0'] = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name) ?? [];
  if (edge === undefined) return undefined;
  const realTime = (edge === 'MIN' ? RTMIN : RTMAX) + (sign === '-' ? -1 : 1) * Number(offset);
  return realTime >= RTMIN && realTime <= RTMAX ? { name, number: realTime } : undefined;
}

/** As a user would write it. */
export function nameSignal(number: number): string {
  return signalByNumber(number)?.name ?? String(number);
}

function signalByNumber(number: number): NamedSignal | undefined {
  const name = Object.entries(constants.signals).find(([, known]) => known === number)?.[0];
  if (name !== undefined) return { name, number };
  if (number >= RTMIN && number <= RTMAX) return { name: `SIGRTMIN+${number - RTMIN}`, number };
  return undefined;
}

function signalNames(): string[] {
  return Object.keys(constants.signals).filter((name) => name !== 'SIGSTOP');
}

const TARGET_FORMS = 'auto, container:<name>, name:<program>, cmdline:<regex> or pidfile:<path>';

export function parseTarget(raw: string): TargetSpec {
  if (raw.trim() === 'auto') return { by: 'auto' };
  const [, by, value] = /^(container|name|cmdline|pidfile):\s*(.+)$/s.exec(raw.trim()) ?? [];
  if (by === undefined || value === undefined) {
    throw new InvalidValue(`is not a target; write ${TARGET_FORMS}`);
  }
  if (by === 'container' || by === 'name') return { by, name: value };
  if (by === 'cmdline') return { by, pattern: parsePattern(value) };
  if (!isAbsolute(value)) throw new InvalidValue('the path of the pid file is not absolute');
  return { by: 'pidfile', path: value };
}

export function parsePattern(raw: string): RegExp {
  try {
    return new RegExp(raw);
  } catch (error) {
    throw new InvalidValue(`is not a regular expression: ${(error as Error).message}`);
  }
}

/** A count, or `unlimited`. */
export function parseRetries(raw: string): number {
  if (raw.trim() === 'unlimited') return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(raw.trim())) throw new InvalidValue('is neither a number nor unlimited');
  return Number(raw);
}

/** Where to listen; `host` absent means every address, IPv6 included. */
export type ListenAddress = 'off' | { host?: string; port: number };

/** `:9533`, `127.0.0.1:9533`, `[::1]:9533`, `off`. */
export function parseListen(raw: string): ListenAddress {
  if (raw.trim() === 'off') return 'off';
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(raw.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new InvalidValue('is not an address; write :9533, 127.0.0.1:9533, [::1]:9533 or off');
  }
  const host = bracketed ?? plain;
  return host ? { host, port } : { port };
}

/** One of a few words. They are on the parser, too, for whoever wants to offer them. */
export function oneOf<const Word extends string>(
  ...words: Word[]
): ((raw: string) => Word) & { readonly words: readonly Word[] } {
  const parse = (raw: string): Word => {
    const word = words.find((candidate) => candidate === raw.trim().toLowerCase());
    if (word === undefined) throw new InvalidValue(`is not one of ${words.join(', ')}`);
    return word;
  };
  return Object.assign(parse, { words });
}

/** How many pods may have new content before all others. */
export type WaveSize = { pods: number } | { percent: number };

/** `1`, `10%`, `1,10%,50%`. */
export function parseWave(raw: string): WaveSize[] {
  const sizes = parseList(raw).map(parseWaveSize);
  if (sizes.length === 0) throw new InvalidValue(`names no number of pods; ${WAVE_FORM}`);
  return sizes;
}

const WAVE_FORM = 'write a number of pods or a percentage, as 1 or 10%, or several: 1,10%,50%';

function parseWaveSize(text: string): WaveSize {
  const [, digits, percent] = /^(\d{1,6}(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === undefined || number <= 0) throw new InvalidValue(`has ${text}; ${WAVE_FORM}`);
  if (percent === '%') {
    if (number > 100) throw new InvalidValue(`has ${text}, which is more than all pods`);
    return { percent: number };
  }
  if (!Number.isInteger(number)) throw new InvalidValue(`has ${text}; ${WAVE_FORM}`);
  return { pods: number };
}
