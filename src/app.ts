import type { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { systemClock } from './clock.ts';
import { followConfig, readConfig } from './config/follow.ts';
import { type Config, findConfigFile, type RawInput } from './config/load.ts';
import type { Settings } from './config/options.ts';
import { exitCodes } from './errors.ts';
import { createEventBus, type EventBus } from './events.ts';
import { assignMounts } from './mount/own.ts';
import { createHealth } from './report/health.ts';
import { createShowHash } from './report/hashes.ts';
import { createLogger, logEndpoint, logEvents, logProblem } from './report/log.ts';
import { trackStatus } from './report/status.ts';
import { countEvents, createTally } from './report/tally.ts';
import { createMemory, type Memory } from './rule/memory.ts';
import { runSession } from './session.ts';
import type { Settler } from './settle.ts';
import { createTrigger } from './trigger.ts';

export type App = {
  input: Omit<RawInput, 'file'>;
  /** `process`, narrowed to the signals it emits. */
  signals: Pick<EventEmitter, 'on' | 'off'>;
  terminal: boolean;
  version: string;
  /** Ends the process at once. */
  exit: (code: number) => void;
  /** Told of everything that happens; may ask to stop. */
  onEvents?: (events: EventBus, stop: (reason: string) => void) => void;
};

/** The composition root: what rehup is made of, from settings to reports. Returns when asked to stop. */
export async function runApp({
  input,
  signals,
  terminal,
  version,
  exit,
  onEvents,
}: App): Promise<void> {
  const clock = systemClock;
  let config = await readConfig(input);
  const { settings } = config;
  let mounts = assignMounts(config, findConfigFile(input));

  const events = createEventBus();
  const format = settings.logFormat ?? (terminal ? 'pretty' : 'json');
  const logger = await createLogger({ level: settings.logLevel, format });
  const showHash = createShowHash(() => [...mounts.values()].flat());
  const tally = createTally();
  const health = createHealth(clock, longestTurnMs(config));
  logEvents(events, logger, showHash);
  countEvents(events, tally, showHash, clock.now);
  const status = trackStatus(events, { version, showHash, now: clock.now });

  await using resources = new AsyncDisposableStack();
  const stop = new AbortController();
  const end = (reason: string): void => {
    events.emit('stopping', { reason });
    stop.abort();
    // Whatever still holds on to the event loop must not use up the pod's grace period.
    setTimeout(() => exit(exitCodes.stopped), LEAVE_WITHIN_MS).unref();
  };
  onEvents?.(events, end);
  let settler: Settler | undefined;
  const trigger = createTrigger(events, (hint) => settler?.hint(hint));
  resources.use(followSignals(signals, { end, lookAgain: () => trigger.force('signal') }));

  const build = { version, node: process.versions.node };
  const ops = { health, status, tally, build, trigger: trigger.run };
  const { openEndpoints } = await import('./ops/endpoints.ts');
  for (const endpoint of openEndpoints(settings, ops)) {
    resources.use(endpoint);
    logEndpoint(logger, await endpoint.started);
  }
  const memory = await openMemory(settings, (problem) => logProblem(logger, problem));

  const path = findConfigFile(input);
  const follower =
    path === undefined
      ? undefined
      : resources.use(
          followConfig({
            input,
            path,
            clock,
            onKept: ({ problems }) => events.emit('config-kept', { path, problems }),
          }),
        );

  while (!stop.signal.aborted) {
    const change = new AbortController();
    const lifetime = AbortSignal.any([stop.signal, change.signal]);
    const next = follower?.next(stop.signal).then((changed) => {
      change.abort();
      return changed;
    });
    next?.catch(() => {});
    const podName = input.env['POD_NAME'] ?? hostname();
    await runSession(
      {
        config,
        mounts,
        podName,
        clock,
        events,
        health,
        memory,
        onSettler: (current) => {
          settler = current;
        },
      },
      lifetime,
    ).catch((error: unknown) => {
      if (!lifetime.aborted) throw error;
    });
    if (next === undefined || stop.signal.aborted) return;
    config = await next;
    mounts = assignMounts(config, path);
    events.emit('config-changed', {
      path: path ?? '',
      rules: config.rules.map(({ name }) => name),
    });
  }
}

/** From SIGTERM to the end: part of the contract are 5 s. */
const LEAVE_WITHIN_MS = 4500;

type Reactions = { end: (reason: string) => void; lookAgain: () => void };

/** SIGTERM and SIGINT end the loop and what is in flight; SIGHUP reloads even if nothing changed. */
function followSignals(signals: App['signals'], { end, lookAgain }: Reactions): Disposable {
  signals.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', lookAgain);
  return {
    [Symbol.dispose]: () => {
      signals.off('SIGTERM', end).off('SIGINT', end).off('SIGHUP', lookAgain);
    },
  };
}

type OnProblem = (problem: { reason: string; remedy: string }) => void;

async function openMemory({ stateDir }: Settings, onProblem: OnProblem): Promise<Memory> {
  if (stateDir === undefined) return createMemory();
  const { openMemory: open } = await import('./state/file.ts');
  return open(stateDir, onProblem);
}

/** A turn that takes longer than all its waits together is stuck. */
function longestTurnMs({ rules }: Config): number {
  return rules.reduce((sum, { settings }) => sum + longestAttemptMs(settings), 60_000);
}

function longestAttemptMs(settings: Settings): number {
  const { timeout, survive, grace, restartTimeout, verifyTimeout } = settings;
  // A command for validation, a request to each URL, a restart after them: each within its own bound.
  const calls = 2 + (settings.url?.length ?? 0);
  return timeout * calls + survive + grace + restartTimeout + verifyTimeout;
}
