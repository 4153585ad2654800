import type { ReloadRequest } from '../../src/sidecar/act/action.ts';
import { createHttpAction } from '../../src/sidecar/act/http.ts';
import type { Failure } from '../../src/sidecar/outcome.ts';
import type { Changes } from '../../src/sidecar/snapshot/diff.ts';
import { readSettings } from './http-settings.ts';

const CHANGES: Changes = new Map([
  ['/etc/app', { added: ['new.conf'], changed: ['app.conf', 'b.conf'], removed: [] }],
]);

export const REQUEST: ReloadRequest = { changes: CHANGES, hash: 'c0ffee', targets: [] };

export interface HttpActor {
  readonly act: (
    request?: Partial<ReloadRequest>,
    signal?: AbortSignal,
  ) => Promise<Failure | undefined>;
  readonly check: () => Failure | undefined;
}

/** The HTTP action that rehup makes of these environment variables. */
export function createHttpActor(env: Readonly<Record<string, string>>): HttpActor {
  const settings = readSettings(env);
  if (settings.url === undefined) throw new Error('REHUP_URL is not set');
  const action = createHttpAction({ ...settings, urls: settings.url });
  return {
    act: async (request = {}, signal = new AbortController().signal) =>
      await action.perform({ ...REQUEST, ...request }, signal),
    check: () => action.check(REQUEST),
  };
}

/** One call with these environment variables. */
export async function actOnce(env: Readonly<Record<string, string>>): Promise<Failure | undefined> {
  return await createHttpActor(env).act();
}
