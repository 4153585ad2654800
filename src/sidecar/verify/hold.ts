import { redactUrl } from '../../config/redact.ts';
import type { HoldWhile } from '../../config/parse-http.ts';
import { type ProbeSettings, probe } from '../act/http/probe.ts';
import { toFailure } from '../exec/failure.ts';
import type { OnOutput } from '../exec/output.ts';
import { runCommand } from '../exec/run.ts';
import type { Failure } from '../outcome.ts';
import { sumSeries } from './series.ts';

export type HoldParts = {
  settings: ProbeSettings & { timeout: number };
  /** Takes what a program writes to stderr. */
  onOutput: OnOutput;
};

/** What keeps a reload back passes by itself, and is looked at as often. */
const AGAIN_MS = 2000;

const COMPARE: Readonly<Record<HoldWhile['operator'], (number: number, limit: number) => boolean>> =
  {
    '>': (number, limit) => number > limit,
    '>=': (number, limit) => number >= limit,
    '<': (number, limit) => number < limit,
    '<=': (number, limit) => number <= limit,
  };

/** Whether a number of the app keeps the reload back. One that cannot be had is no leave to go on. */
export async function checkHold(
  { from, operator, limit }: HoldWhile,
  parts: HoldParts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const what = 'url' in from ? from.series : from.command[0];
  const number = await ('url' in from
    ? readSeries(from, parts, signal)
    : runProgram(from.command, parts, signal));
  if (typeof number !== 'number') return number;
  if (!COMPARE[operator](number, limit)) return undefined;
  return {
    outcome: 'waiting',
    waits: true,
    // Without the number, which changes: it is told of once.
    reason: `${what} ${operator} ${limit}, and REHUP_HOLD_WHILE keeps the reload back as long`,
    remedy: 'none needed: the reload follows by itself',
    retryAfterMs: AGAIN_MS,
  };
}

async function readSeries(
  { url, series }: { url: URL; series: string },
  { settings }: HoldParts,
  signal: AbortSignal,
): Promise<number | Failure> {
  let sum: number | undefined;
  const seen = await probe(
    {
      option: 'REHUP_HOLD_WHILE',
      url,
      settings,
      timeoutMs: settings.timeout,
      onBody: (body) => {
        sum = sumSeries(body, series);
      },
    },
    signal,
  );
  if (seen !== undefined) return { ...seen, outcome: 'not-ready' };
  return (
    sum ?? {
      outcome: 'not-ready',
      reason: `${redactUrl(url)} shows no metric ${series}`,
      remedy: 'correct the name or the labels of the metric in REHUP_HOLD_WHILE',
    }
  );
}

async function runProgram(
  command: Extract<HoldWhile['from'], { command: unknown }>['command'],
  { settings: { timeout: timeoutMs }, onOutput }: HoldParts,
  signal: AbortSignal,
): Promise<number | Failure> {
  let last = '';
  const onLine: OnOutput = (line) => {
    if (line.stream === 'stdout') last = line.text;
    else onOutput(line);
  };
  const result = await runCommand(
    { command, env: {}, stdin: '', timeoutMs, onOutput: onLine },
    signal,
  );
  const failure = toFailure(result, { command, variable: 'REHUP_HOLD_WHILE', timeoutMs });
  if (failure) return { ...failure, outcome: 'not-ready' };
  const number = Number(last);
  if (last.trim() !== '' && Number.isFinite(number)) return number;
  return {
    outcome: 'not-ready',
    reason: `the last line that ${command[0]} printed is not a number`,
    remedy: 'let the program of REHUP_HOLD_WHILE print one number, and no more',
  };
}
