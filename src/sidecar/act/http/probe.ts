import type { Settings } from '../../../config/options.ts';
import type { Failure } from '../../outcome.ts';
import { asksForBody, judge, type Rule } from './answer.ts';
import { describeRequest, exchange } from './exchange.ts';
import { hasHeader, resolveHeaders, type SentHeader } from './headers.ts';
import { HttpProblem } from './problem.ts';
import type { HttpSettings } from './settings.ts';
import { renderUrl } from './template.ts';

export type ProbeSettings = HttpSettings & Pick<Settings, 'url'>;

export type ProbeInput = {
  option: 'REHUP_READY_URL' | 'REHUP_VERIFY_URL' | 'REHUP_HOLD_WHILE';
  url: URL;
  /** Fills the placeholder in the URL, where there may be one. */
  hash?: string;
  match?: RegExp | undefined;
  /** Given the body of an answer with 2xx. */
  onBody?: (body: string) => void;
  settings: ProbeSettings;
  timeoutMs: number;
};

/** What a look at the app saw instead of what it should. */
export type Sighting = { reason: string; remedy: string } & Pick<
  Failure,
  'retryAfterMs' | 'check' | 'set'
>;

const SUCCESS = [{ from: 200, to: 299 }];

/** Metrics pages, which are what many apps tell of a reload by, are long. */
const BODY_LIMIT = 1024 * 1024;

/** One GET; `undefined` where it answers 2xx and the body matches. */
export async function probe(input: ProbeInput, signal: AbortSignal): Promise<Sighting | undefined> {
  const { option, url, hash, match, onBody, settings, timeoutMs } = input;
  const rule: Rule = { url, option, success: SUCCESS, match, matchOption: 'REHUP_VERIFY_MATCH' };
  const request = {
    option,
    shownUrl: url,
    url: hash === undefined ? url : renderUrl(url, hash),
    method: 'GET',
    settings,
    timeoutMs,
    bodyLimit: BODY_LIMIT,
    needsBody: (status: number) => onBody !== undefined || asksForBody(status, rule),
    prepare: async (within: AbortSignal) => ({ headers: await headersFor(url, settings, within) }),
  };
  try {
    const answer = await exchange(request, signal);
    const objection = judge(answer, rule);
    if (objection === undefined) {
      onBody?.(answer.body);
      return undefined;
    }
    const { what, ...rest } = objection;
    return { reason: `${describeRequest(request)} ${what}`, ...rest };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return { reason: error.message, remedy: error.remedy, ...error.facts };
  }
}

/**
 * The credentials that the app is given with the reload open its other pages, too. They go to no
 * other host than that of the reload, and not from https to http. Without a reload URL they can only
 * have been meant for the probes.
 */
async function headersFor(
  url: URL,
  settings: ProbeSettings,
  signal: AbortSignal,
): Promise<SentHeader[]> {
  const { header = [], basicAuthFile, bearerFile, unixSocket, url: reloadUrls } = settings;
  const sameApp =
    reloadUrls === undefined ||
    unixSocket !== undefined ||
    reloadUrls.some((one) => isSame(one, url));
  const hasOwn = url.username !== '' || url.password !== '';
  const headers = await resolveHeaders(
    {
      settings: {
        header: sameApp ? header.filter(({ name }) => !/^content-/i.test(name)) : [],
        basicAuthFile: sameApp && !hasOwn ? basicAuthFile : undefined,
        bearerFile: sameApp && !hasOwn ? bearerFile : undefined,
      },
      url,
      values: undefined,
    },
    signal,
  );
  return hasOwn ? withoutRepeatedAuthorization(headers) : headers;
}

function isSame(one: URL, other: URL): boolean {
  return one.protocol === other.protocol && one.hostname === other.hostname;
}

/** The one of the URL comes first. */
function withoutRepeatedAuthorization(headers: readonly SentHeader[]): SentHeader[] {
  return headers.filter((header, index) => index === 0 || !hasHeader([header], 'authorization'));
}
