import { type App, runApp } from '../app.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import type { EventBus } from '../events.ts';
import { readConfig } from '../follow-config.ts';
import { isSettled, isTaken, type Outcome } from '../outcome.ts';

type Stop = (reason: string, exitCode: ExitCode) => void;

/**
 * Waits for the first reload that succeeds, then leaves; with `--retries`, leaves with an error once
 * they are used up. Where it publishes, it leaves once every rule has something valid to show: that an app may start.
 */
export async function runOnce(app: App): Promise<ExitCode> {
  const { rules } = await readConfig(app.input);
  const published = rules.filter(({ settings }) => settings.publish !== undefined);
  return await runApp({
    ...app,
    onEvents: (events, stop) => {
      if (published.length > 0) {
        const names = published.map(({ name }) => name);
        awaitPublished(names, events, stop);
      } else awaitReload(events, stop);
    },
  });
}

function awaitReload(events: EventBus, stop: Stop): void {
  events.on('decided', ({ outcome, pending, retryInMs }) => {
    if (isTaken(outcome) || outcome === 'dry-run') return stop('reloaded once', exitCodes.stopped);
    if (!pending || retryInMs !== undefined) return undefined;
    return stop('the reload failed', exitCodes.reloadFailed);
  });
}

/**
 * What an earlier run has published is there, too: the init containers of a pod run again after a restart of its node.
 * Content that is held then keeps nobody from starting with the last good one.
 */
function awaitPublished(rules: readonly string[], events: EventBus, stop: Stop): void {
  const shown = new Set<string>();
  const decided = new Map<string, Outcome>();
  events.on('published', ({ rule }) => shown.add(rule));
  events.on('decided', ({ rule, outcome, pending, retryInMs }) => {
    decided.set(rule, outcome);
    if (!rules.includes(rule) || !pending || retryInMs !== undefined) return;
    if (outcome === 'held' && shown.has(rule)) return;
    stop('the reload failed', exitCodes.reloadFailed);
  });
  events.on('turn-ended', ({ isUnfinished }) => {
    if (isUnfinished) return;
    const isDone = rules.every((rule) => {
      const outcome = decided.get(rule);
      if (outcome === 'dry-run') return true;
      return shown.has(rule) && (outcome === undefined || outcome === 'held' || isSettled(outcome));
    });
    if (isDone) stop('published once', exitCodes.stopped);
  });
}
