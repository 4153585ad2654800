import type { ContentRequest } from '../../snapshot/content-request.ts';
import type { Settings } from '../../../config/options.ts';
import type { Source } from '../../../config/parse-http.ts';
import type { Failure } from '../../outcome.ts';
import { asksForBody, judge, type Rule } from './answer.ts';
import { describeRequest, exchange, type ExchangeInput, type Message } from './exchange.ts';
import { readNamed } from './file.ts';
import { hasHeader, resolveHeaders } from './headers.ts';
import { HttpProblem } from './problem.ts';
import type { HttpSettings } from './settings.ts';
import { render, renderUrl, toValues, type Values } from './template.ts';

export type ReloadSettings = HttpSettings &
  Pick<Settings, 'method' | 'body' | 'success' | 'successMatch' | 'timeout'>;

/** Enough to tell success from failure; a reload that answers with more is no reload. */
const BODY_LIMIT = 64 * 1024;

/** Asks one URL to reload. `undefined` when it answered that it did. */
export async function askToReload(
  url: URL,
  settings: ReloadSettings,
  content: ContentRequest,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { method, success, successMatch: match, timeout: timeoutMs } = settings;
  const values = toValues(content);
  const option = 'REHUP_URL';
  const rule: Rule = { url, option, success, match, matchOption: 'REHUP_SUCCESS_MATCH' };
  const request: ExchangeInput = {
    option,
    shownUrl: url,
    url: renderUrl(url, content.hash),
    method,
    settings,
    timeoutMs,
    bodyLimit: BODY_LIMIT,
    needsBody: (status) => asksForBody(status, rule),
    prepare: (within) => prepare(url, settings, values, within),
  };
  try {
    const objection = judge(await exchange(request, signal), rule);
    if (objection === undefined) return undefined;
    const { what, ...rest } = objection;
    return { outcome: 'rejected', reason: `${describeRequest(request)} ${what}`, ...rest };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const { outcome, message: reason, remedy, facts } = error;
    return { outcome, reason, remedy, ...facts };
  }
}

async function prepare(
  url: URL,
  settings: ReloadSettings,
  values: Values,
  signal: AbortSignal,
): Promise<Message> {
  const headers = await resolveHeaders({ settings, url, values }, signal);
  if (settings.body === undefined) return { headers };
  const body = render(await readSource(settings.body, signal), values);
  if (hasHeader(headers, 'content-type')) return { headers, body };
  return { headers: [...headers, ['content-type', typeOf(body)]], body };
}

async function readSource(source: Source, signal: AbortSignal): Promise<string> {
  return 'text' in source
    ? source.text
    : await readNamed({ file: source.file, option: 'REHUP_BODY' }, signal);
}

function typeOf(body: string): string {
  try {
    JSON.parse(body);
    return 'application/json';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}
