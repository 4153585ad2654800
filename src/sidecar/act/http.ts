import { redactUrl } from '../../config/redact.ts';
import type { ReloadSettings } from './http/reload.ts';
import { findUnreadable } from './http/settings.ts';
import type { Failure } from '../outcome.ts';
import type { Action } from './action.ts';

export type HttpInput = ReloadSettings & { urls: readonly URL[] };

/** What came of one URL in one attempt. */
type Result = { url: URL; failure?: Failure; earlier?: boolean };

/**
 * Reloads the app by HTTP requests, one after the other; each must succeed. In a retry, a URL that
 * has succeeded with the same content is left in peace, since reloads have a price. That is void as
 * soon as there was other content in between, which the app may have read by itself; once all have
 * succeeded (the proof failed), or a reload is forced, all are asked.
 */
export function createHttpAction(input: HttpInput): Action {
  const { urls, method } = input;
  let done = takeNothing();
  return {
    kind: 'http',
    needsTarget: false,
    check: () => {
      const problem = findUnreadable(input);
      if (problem === undefined) return undefined;
      const { outcome, message: reason, remedy, facts } = problem;
      return { outcome, reason, remedy, ...facts };
    },
    perform: async ({ changes, hash, becameAtMs, force = false }, signal) => {
      // The client is loaded by the first call: it takes more memory than all the rest of rehup.
      const { askToReload } = await import('./http/reload.ts');
      const isSame = done.hash === hash && done.becameAtMs === becameAtMs;
      if (force || !isSame) done = { hash, becameAtMs, urls: new Set() };
      const results: Result[] = [];
      for (const url of urls) {
        if (done.urls.has(url)) {
          results.push({ url, earlier: true });
          continue;
        }
        const failure = await askToReload(url, input, { changes, hash }, signal);
        if (!failure) done.urls.add(url);
        results.push({ url, ...(failure && { failure }) });
      }
      const failure = summarize(results, method);
      if (!failure) done = takeNothing();
      return failure;
    },
  };
}

/** The URLs that have taken content, and which: by its hash, and by when it came to be there. */
type Taken = { hash: string; becameAtMs: number | undefined; urls: Set<URL> };

function takeNothing(): Taken {
  return { hash: '', becameAtMs: undefined, urls: new Set() };
}

/** One failure for all: the first one's outcome, everyone's reason. */
function summarize(results: readonly Result[], method: string): Failure | undefined {
  const failures = results.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first === undefined || results.length === 1) return first;
  const lines = results.map(({ url, failure, earlier }) =>
    failure
      ? failure.reason
      : `${method} ${redactUrl(url)} succeeded${earlier ? ' in an earlier attempt' : ''}`,
  );
  const remedies = new Set(failures.flatMap(({ remedy }) => remedy ?? []));
  const pauses = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const busy = failures.flatMap(({ busyMs }) => busyMs ?? []);
  return {
    outcome: first.outcome,
    reason: `${failures.length} of ${results.length} URLs failed: ${lines.join('; ')}`,
    remedy: [...remedies].join('; '),
    ...(first.check && { check: first.check }),
    ...(pauses.length > 0 && { retryAfterMs: Math.max(...pauses) }),
    ...(busy.length > 0 && { busyMs: Math.max(...busy) }),
  };
}
