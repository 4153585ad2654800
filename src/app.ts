import type { EventEmitter } from 'node:events';
import { systemClock } from './clock.ts';
import type { OptionName, Settings } from './config/options.ts';
import { createEventBus, type EventBus } from './events.ts';
import { runLoop } from './loop.ts';
import { findMounts } from './mount/own.ts';
import { createHealth } from './report/health.ts';
import { createShowHash } from './report/hashes.ts';
import { createLogger, logEvents, phrases } from './report/log.ts';
import { trackStatus } from './report/status.ts';
import { countEvents, createTally } from './report/tally.ts';
import { createRuleFrom } from './rule/create.ts';
import { createSettler, type Settler } from './settle.ts';
import { createViewReader } from './snapshot/view.ts';
import { createWatcher } from './watch/watcher.ts';

export type App = {
  settings: Settings;
  given: ReadonlySet<OptionName>;
  /** `process`, narrowed to the signals it emits. */
  signals: Pick<EventEmitter, 'on' | 'off'>;
  terminal: boolean;
  version: string;
};

/** The composition root: what rehup is made of, from mounts to reports. Returns when asked to stop. */
export async function runApp({ settings, signals, terminal, version }: App): Promise<void> {
  const clock = systemClock;
  const mounts = findMounts(settings.watch);
  const events = createEventBus();
  const showHash = createShowHash(mounts);
  const format = settings.logFormat ?? (terminal ? 'pretty' : 'json');
  const logger = await createLogger({ level: settings.logLevel, format });
  const tally = createTally();
  const health = createHealth(clock, longestTurnMs(settings));
  logEvents(events, logger, showHash);
  countEvents(events, tally, showHash, clock.now);
  const status = trackStatus(events, { version, showHash, now: clock.now });

  await using resources = new AsyncDisposableStack();
  const stop = new AbortController();
  const settler = createSettler(clock, {
    quietMs: settings.settle,
    maxMs: settings.settleMax,
    splayMs: 0,
  });
  resources.use(followSignals(signals, settler, stop, events));

  if (settings.listen !== 'off') {
    const { listen } = await import('./ops/listen.ts');
    const build = { version, node: process.versions.node };
    const listener = resources.use(listen(settings.listen, { health, status, tally, build }));
    const started = await listener.started;
    if ('port' in started) logger.debug(started, phrases.listening);
    else logger.warn(started, phrases.notListening);
  }

  const watchers = mounts.map((mount) =>
    createWatcher({
      mount,
      mode: settings.watchMode,
      pollMs: settings.poll,
      onHint: (hint) => {
        events.emit('hint', hint);
        // With several mounts one update may come in parts: only silence tells that it has ended.
        settler.hint({ ...hint, complete: mounts.length === 1 && (hint.complete ?? false) });
      },
      onNotice: (notice) => events.emit('watch-mode', notice),
    }),
  );
  for (const watcher of watchers) resources.use(watcher);
  await Promise.all(watchers.map(({ ready }) => ready));

  const reader = createViewReader(mounts, { clock, events });
  const { view } = await reader.read(stop.signal);
  if (view.size === mounts.length) health.ready();
  events.on('mount-recovered', () => health.ready());
  const rules = [await createRuleFrom({ name: 'default', settings, mounts }, { clock, events })];
  for (const rule of rules) rule.begin(view);
  events.emit('watching', {
    mounts: mounts.map(({ path }) => path),
    rules: rules.map((rule) => ({ rule: rule.name, action: rule.action, ...rule.preview() })),
  });
  settler.hint({ source: 'start', complete: true });
  await runLoop(
    { settler, reader, rules, minIntervalMs: settings.minInterval, clock, onTurn: health.turn },
    stop.signal,
  ).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
}

/** SIGTERM and SIGINT end the loop and what is in flight; SIGHUP reloads even if nothing changed. */
function followSignals(
  signals: App['signals'],
  settler: Settler,
  stop: AbortController,
  events: EventBus,
): Disposable {
  const end = (reason: string): void => {
    events.emit('stopping', { reason });
    stop.abort();
  };
  const lookAgain = (): void => {
    events.emit('hint', { source: 'signal' });
    settler.hint({ source: 'signal', complete: true, force: true });
  };
  signals.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', lookAgain);
  return {
    [Symbol.dispose]: () => {
      signals.off('SIGTERM', end).off('SIGINT', end).off('SIGHUP', lookAgain);
    },
  };
}

/** A turn that takes longer than all its waits together is stuck. */
function longestTurnMs({ timeout, survive }: Settings): number {
  return timeout + survive + 60_000;
}
