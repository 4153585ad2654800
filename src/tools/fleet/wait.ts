import { parsePositiveDuration } from '../../config/parse.ts';
import { systemClock } from '../../system/clock.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { withResources } from '../../system/resources.ts';
import type { ToolIo } from '../../system/tool.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { openCluster } from '../../kubernetes/kubeconfig.ts';
import type { Whereabouts } from '../ask/ask.ts';
import { createAsker } from './asker.ts';
import { follow } from './follow.ts';
import { type Goal, hashOf, newest, reloadedSince } from './goal.ts';
import { createProgress } from './progress.ts';
import { createFleetView } from './view.ts';
import type { Form } from './screen.ts';

export type WaitFlags = {
  /** `hash`, `hash=HEX`, `reloaded`. */
  for: string;
  /** A duration before now, or a time in ISO 8601. */
  since: string | undefined;
  timeoutMs: number;
  output: Form | undefined;
};

/** `rehup wait deployment/NAME`: until each pod has loaded it. */
export async function runWait(flags: WaitFlags, where: Whereabouts, io: ToolIo): Promise<ExitCode> {
  const goal = parseGoal(flags, Date.now());
  const cluster = openCluster(where);
  const { onLook, end } = createProgress(io, flags.output);
  const sinceMs = systemClock.elapsed();
  const { timeoutMs } = flags;
  const input = { clock: systemClock, goal, timeoutMs, sinceMs, resync: false, onLook };
  const followed = await withResources(async (use) => {
    const view = createFleetView({ cluster, where, asker: use(createAsker(cluster)) });
    return await follow({ ...input, view }, io.signal);
  });
  return end(followed) ? exitCodes.stopped : exitCodes.reloadFailed;
}

/** @throws FatalError where it cannot be understood. */
export function parseGoal(
  { for: what, since }: Pick<WaitFlags, 'for' | 'since'>,
  nowMs: number,
): Goal {
  const [, hash] = /^hash=([0-9a-f]{6,64})$/.exec(what) ?? [];
  if (since !== undefined && what !== 'reloaded') {
    throw refuse('--since belongs to --for reloaded', 'leave it out, or write --for reloaded');
  }
  // Shown are twelve digits.
  if (hash !== undefined) return hashOf(hash.slice(0, 12));
  if (what === 'hash') return newest;
  if (what === 'reloaded')
    return reloadedSince(since === undefined ? nowMs : parseSince(since, nowMs));
  throw refuse(`--for ${what} is not known`, 'write --for hash, --for hash=HASH or --for reloaded');
}

function parseSince(text: string, nowMs: number): number {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  try {
    return nowMs - parsePositiveDuration(text);
  } catch {
    throw refuse(
      `--since ${text} is not a time`,
      'write a span (5m) or a time (2026-11-30T12:00:00Z)',
    );
  }
}

function refuse(message: string, remedy: string): Error {
  return fatal({ message, remedy, exitCode: exitCodes.configuration });
}
