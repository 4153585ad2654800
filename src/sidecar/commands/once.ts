import { type App, runApp } from '../app.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import { isTaken } from '../outcome.ts';

/**
 * Waits for the first reload that succeeds, then leaves; with `--retries`, leaves with an error once
 * they are used up.
 */
export async function runOnce(app: App): Promise<ExitCode> {
  return await runApp({
    ...app,
    onEvents: (events, stop) => {
      events.on('decided', ({ outcome, pending, retryInMs }) => {
        if (isTaken(outcome) || outcome === 'dry-run')
          return stop('reloaded once', exitCodes.stopped);
        if (!pending || retryInMs !== undefined) return undefined;
        return stop('the reload failed', exitCodes.reloadFailed);
      });
    },
  });
}
