import { execa } from 'execa';

import { DEADLINE_MS, waitForCluster } from './deadline.ts';
import { getRaw } from './kubectl.ts';

/**
 * How the API server of the cluster is stopped, and started again, by environment variables: each a shell
 * command. Where a cluster allows that to nobody, tests of it are skipped.
 */
const { REHUP_E2E_API_STOP: stop, REHUP_E2E_API_START: start } = process.env;

export const cannotStopApi = !stop || !start;

export const API_NOTE = cannotStopApi
  ? ' (skipped: REHUP_E2E_API_STOP and REHUP_E2E_API_START say how its API server is stopped and started)'
  : '';

/** There is none from now on, until what is returned is disposed of: whatever happens meanwhile. */
export async function stopApiServer(): Promise<AsyncDisposable> {
  const away = { [Symbol.asyncDispose]: startApiServer };
  try {
    await runShell(stop);
    return away;
  } catch (error) {
    await away[Symbol.asyncDispose]();
    throw error;
  }
}

async function startApiServer(): Promise<void> {
  await runShell(start);
  await waitForCluster('the API server to be back', async () => {
    return (await getRaw('/readyz').catch(() => '')) === 'ok';
  });
}

async function runShell(command = 'false'): Promise<void> {
  await execa(command, { shell: true, all: true, stdin: 'ignore', timeout: DEADLINE_MS });
}
