import type { StatusRange } from '../../../config/parse-http.ts';
import { redactUrl } from '../../../config/redact.ts';
import type { Failure } from '../../outcome.ts';
import { matchEach, TooSlow } from '../../../system/pattern.ts';
import type { Answer } from './call.ts';
import { parseRetryAfter } from '../../../system/retry-after.ts';

export type Rule = {
  /** Where the request went. */
  url: URL;
  /** The option that names the URL. */
  option: 'REHUP_URL' | 'REHUP_READY_URL' | 'REHUP_VERIFY_URL' | 'REHUP_HOLD_WHILE';
  success: readonly StatusRange[];
  match: RegExp | undefined;
  /** The option that sets the match. */
  matchOption: string;
};

/** What speaks against an answer. Its body is never in it. */
export type Objection = { what: string; remedy: string } & Pick<
  Failure,
  'retryAfterMs' | 'check' | 'set'
>;

/** Only of an answer that may mean success; of all others the status says enough. */
export function asksForBody(
  status: number,
  { success, match }: Pick<Rule, 'success' | 'match'>,
): boolean {
  return match !== undefined && isSuccess(status, success);
}

/** `undefined` for an answer that means success. */
export function judge(answer: Answer, rule: Rule): Objection | undefined {
  if (!isSuccess(answer.status, rule.success)) return objectToStatus(answer, rule);
  return rule.match === undefined ? undefined : objectToBody(answer, rule.match, rule.matchOption);
}

function objectToBody(
  { status, body, cut }: Answer,
  match: RegExp,
  option: string,
): Objection | undefined {
  try {
    if (matchEach(match, [body])[0] === true) return undefined;
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    return {
      what: `was answered with status ${status}, but ${option} cannot be matched with the body: ${error.message}`,
      remedy: `write ${option} without a repetition inside of a repetition`,
    };
  }
  const where = cut ? `the first ${Math.floor(body.length / 1024)} KiB of ` : '';
  return {
    what: `was answered with status ${status}, but ${where}the body does not match ${option}`,
    remedy: `look at what the app answers there, and at its log; correct ${option} if it means success`,
  };
}

export function isSuccess(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to);
}

function objectToStatus(answer: Answer, { url, option }: Rule): Objection {
  const { status, headers } = answer;
  const location = [headers['location']].flat()[0];
  if (status >= 300 && status < 400 && location !== undefined) {
    return {
      check: 'url-wrong-status',
      what: `was answered with status ${status}, a redirect to ${showLocation(location, url)}`,
      remedy: `redirects are not followed, because the credentials would go along: write the final address in ${option}`,
    };
  }
  const retryAfterMs = parseRetryAfter([headers['retry-after']].flat()[0], Date.now());
  const method = option === 'REHUP_URL' ? findMethod(answer) : undefined;
  return {
    check: 'url-wrong-status',
    what: `was answered with status ${status}`,
    remedy: remedyFor(answer, url, option),
    ...(method !== undefined && { set: { REHUP_METHOD: method } }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Of another origin, nothing more: what it is told there is not ours to show. */
function showLocation(location: string, url: URL): string {
  const target = URL.parse(location, url);
  if (target === null) return 'an address that is not a URL';
  return target.origin === url.origin ? redactUrl(target) : target.origin;
}

function remedyFor({ status, body, headers }: Answer, url: URL, option: Rule['option']): string {
  const isReload = option === 'REHUP_URL';
  if (status === 400 && url.protocol === 'http:' && /\b(?:HTTPS|SSL)\b/.test(body)) {
    return `the app speaks TLS at this port: write https:// in ${option}`;
  }
  switch (status) {
    case 401:
    case 407:
      return isReload
        ? 'give the credentials in REHUP_BASIC_AUTH_FILE, REHUP_BEARER_FILE or REHUP_HEADER'
        : `those of REHUP_BASIC_AUTH_FILE, REHUP_BEARER_FILE and REHUP_HEADER go along where scheme and host are those of REHUP_URL; else put user and password into ${option}`;
    case 403:
      return 'turn the endpoint on in the app (Prometheus: --web.enable-lifecycle), or give other credentials';
    case 404:
      return `correct the path in ${option}, or turn the endpoint on in the app`;
    case 405:
      return isReload
        ? `set REHUP_METHOD to a method that the app takes there${showAllowed(headers['allow'])}`
        : `name a page that can be read with GET in ${option}`;
    default:
      return `look at the log of the app; correct ${option}${isReload ? ', or widen REHUP_SUCCESS' : ''}`;
  }
}

function showAllowed(header: string | string[] | undefined): string {
  const allowed = [header].flat().join(', ');
  return /^[A-Z, ]{1,100}$/.test(allowed) ? `: ${allowed}` : '';
}

/** Methods that ask, and change nothing; CONNECT is for proxies alone. */
const NOT_RELOADING = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];

/** The one that a 405 leaves, where it leaves one. */
function findMethod({ status, headers }: Answer): string | undefined {
  if (status !== 405) return undefined;
  const allowed = [headers['allow']].flat().join(',').split(',');
  const methods = allowed
    .map((one) => one.trim())
    .filter((one) => /^[A-Z]{1,20}$/.test(one) && !NOT_RELOADING.includes(one));
  return methods.length === 1 ? methods[0] : undefined;
}
