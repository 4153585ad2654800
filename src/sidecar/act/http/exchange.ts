import { withAnySignal } from '../../../system/any-signal.ts';
import { redactUrl } from '../../../config/redact.ts';
import type { SentHeader } from './headers.ts';
import { type Answer, call, type CallInput } from './call.ts';
import type { Rule } from './answer.ts';
import { explain } from './explain.ts';
import { HttpProblem } from './problem.ts';
import type { ConnectionSettings } from './settings.ts';
import { readTls } from './tls.ts';

export type ExchangeInput = {
  /** The option that names the URL, for remedies. */
  option: Rule['option'];
  /** As configured: this one is shown, with its placeholders. */
  shownUrl: URL;
  url: URL;
  method: string;
  settings: ConnectionSettings;
  timeoutMs: number;
  bodyLimit: number;
  needsBody: CallInput['needsBody'];
  /** Headers and body, made again for each call. */
  prepare: (signal: AbortSignal) => Promise<Message>;
};

export type Message = { headers: readonly SentHeader[]; body?: string };

/** Asks once, and returns what was answered; throws an HttpProblem where nothing was. */
export async function exchange(input: ExchangeInput, stop: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(input.timeoutMs);
  try {
    return await withAnySignal([stop, timeout], (any) => send(input, any));
  } catch (error) {
    stop.throwIfAborted();
    throw timeout.aborted ? timedOut(input) : notSent(input, error);
  }
}

async function send(input: ExchangeInput, signal: AbortSignal): Promise<Answer> {
  const { url, settings, method, bodyLimit, needsBody, prepare } = input;
  const { headers, body } = await prepare(signal);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const tls = url.protocol === 'https:' ? await readTls(settings, host, signal) : undefined;
  const { unixSocket } = settings;
  const message = { method, headers, body };
  return await call({ url, ...message, unixSocket, tls, bodyLimit, needsBody }, signal);
}

/** By how much a limit is raised that was too short. */
const LONGER = 3;

function timedOut({ timeoutMs, ...input }: ExchangeInput): HttpProblem {
  return new HttpProblem(
    'timed-out',
    `${describeRequest(input)} was not answered within ${timeoutMs} ms`,
    'raise REHUP_TIMEOUT if the app takes this long: it may be still at it, and is not asked again meanwhile',
    // That nobody waits any more does not end what it does.
    {
      check: 'url-timed-out',
      set: { REHUP_TIMEOUT: `${timeoutMs * LONGER}ms` },
      busyMs: timeoutMs,
    },
  );
}

/** Why a request could not be sent, in words. */
export function notSent(
  input: Pick<ExchangeInput, 'option' | 'url' | 'shownUrl' | 'method' | 'settings'>,
  error: unknown,
): HttpProblem {
  const { option, url, settings } = input;
  const { unixSocket, certFile } = settings;
  const problem =
    error instanceof HttpProblem
      ? error
      : explain(error, { option, url, unixSocket, hasCertificate: certFile !== undefined });
  const { outcome, remedy, message, cause, facts } = problem;
  const reason = `${describeRequest(input)} failed: ${message}`;
  return new HttpProblem(outcome, reason, remedy, { cause, ...facts });
}

export function describeRequest({
  method,
  shownUrl,
}: Pick<ExchangeInput, 'method' | 'shownUrl'>): string {
  return `${method} ${redactUrl(shownUrl)}`;
}
