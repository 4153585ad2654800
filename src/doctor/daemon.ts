import { ask } from '../sidecar/commands/ask.ts';
import type { Settings } from '../config/options.ts';
import { FatalError } from '../system/errors.ts';
import type { StatusDocument } from '../sidecar/report/status/document.ts';

const TIMEOUT_MS = 3000;

/** What the rehup of this pod says of itself; `undefined` where none answers. */
export async function askDaemon(
  settings: Pick<Settings, 'listen' | 'stateDir'>,
): Promise<StatusDocument | undefined> {
  try {
    const question = { path: '/status', wanted: 'its status', timeoutMs: TIMEOUT_MS };
    const body: unknown = JSON.parse(await ask(settings, { method: 'GET', ...question }));
    return isStatus(body) ? body : undefined;
  } catch (error) {
    // Nobody there, or somebody else.
    if (error instanceof FatalError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isStatus(body: unknown): body is StatusDocument {
  return (
    typeof body === 'object' &&
    body !== null &&
    ['version', 'mounts', 'rules'].every((field) => field in body)
  );
}
