import type { Clock } from '../../system/clock.ts';
import type { Settings } from '../../config/options.ts';
import type { ProofRequest } from '../act/action.ts';
import type { OnOutput } from '../exec/output.ts';
import type { Failure } from '../outcome.ts';
import type { ProcessTable } from '../target/processes.ts';
import { createLook } from './look.ts';
import { prove } from './prove.ts';
import { checkReady } from './ready.ts';

/** Whether the app can be acted on now, beyond what the action itself checks. */
export type AwaitReady = (signal: AbortSignal) => Promise<Failure | undefined>;

/** After the action: `undefined` when nothing speaks against it. */
export type Prove = (request: ProofRequest, signal: AbortSignal) => Promise<Failure | undefined>;

/** Whether the app is ready for a reload, and nothing of its own keeps the reload back. */
export function createReadyCheck(settings: Settings, onOutput: OnOutput = () => {}): AwaitReady {
  const { holdWhile } = settings;
  return async (signal) => {
    const unready = await checkReady(settings, signal);
    if (unready !== undefined || holdWhile === undefined) return unready;
    const { checkHold } = await import('./hold.ts');
    return await checkHold(holdWhile, { settings, onOutput }, signal);
  };
}

export type ProofParts = { table: ProcessTable; clock: Clock };

/** The proof that the reload worked: the targets live on, and the app shows the new content. */
export function createProof(settings: Settings, { table, clock }: ProofParts): Prove {
  const { survive: surviveMs, verifyTimeout: verifyTimeoutMs, timeout: timeoutMs } = settings;
  const look = createLook(settings);
  const parts = { table, clock, surviveMs, look, verifyTimeoutMs, timeoutMs };
  return async (request, signal) => await prove(parts, request, signal);
}
