import { isAbsolute } from 'node:path';
import { type CommandLine, parseCommand } from './parse-command.ts';
import { InvalidValue, parseList } from './parse.ts';
import { trimTrailing } from '../system/trailing.ts';

/** Text as written, or the file it is read from at each call. */
export type Source = { text: string } | { file: string };

export type Header = { name: string; value: Source };

/** What `{{…}}` may stand for in a header or a body. URLs and matches know the hash alone. */
export const placeholderNames = ['hash', 'added', 'changed', 'removed', 'change'] as const;

export type PlaceholderName = (typeof placeholderNames)[number];

/**
 * One or more URLs, comma or whitespace separated. A comma counts only in front of another URL: it is
 * a character of paths and queries, too. No value is ever shown: it may hold credentials.
 */
export function parseUrls(raw: string): URL[] {
  const urls = raw
    .split(/\s+|,(?=[a-z][a-z0-9+.-]*:\/\/)/i)
    .map((item) => trimTrailing(item, ','))
    .filter((item) => item !== '')
    .map((item) => parseUrl(item, ['hash']));
  if (urls.length === 0) throw new InvalidValue('names no URL');
  if (new Set(urls.map(({ href }) => href)).size < urls.length) {
    throw new InvalidValue('names a URL twice');
  }
  return urls;
}

/** The URL of a look at the app that knows nothing of the content. */
export function parseReadyUrl(raw: string): URL {
  return parseUrl(raw.trim(), []);
}

/** The URL of a look at the app that may ask for the content by its hash. */
export function parseVerifyUrl(raw: string): URL {
  return parseUrl(raw.trim(), ['hash']);
}

/** A number of the app, and while it is how the next reload waits. */
export type HoldWhile = {
  /** A series of a page in the Prometheus format, or a program that prints a number. */
  from: { url: URL; series: string } | { command: CommandLine };
  operator: '>' | '>=' | '<' | '<=';
  limit: number;
};

/** At the last operator, by hand: a regular expression would try each run of blanks again and again. */
function splitComparison(
  text: string,
): { from: string; limit: number } & Partial<Pick<HoldWhile, 'operator'>> {
  const at = Math.max(text.lastIndexOf('>'), text.lastIndexOf('<'));
  const before = text.slice(0, Math.max(at, 0));
  const from = before.trimEnd();
  const [, equals = '', limit] = /^(=?)\s*(-?\d+(?:\.\d+)?)$/.exec(text.slice(at + 1)) ?? [];
  if (limit === undefined || from === '' || from === before) return { from, limit: 0 };
  return { from, operator: `${text[at]}${equals}` as HoldWhile['operator'], limit: Number(limit) };
}

/** `http://127.0.0.1:9113/metrics workers{state="draining"} > 0`, `/app/draining --all > 0`. */
export function parseHoldWhile(raw: string): HoldWhile {
  const { from, operator, limit } = splitComparison(raw.trim());
  if (operator === undefined) {
    throw new InvalidValue(
      'is not a comparison; write <url> <metric> > <number>, or <program> > <number>, with >, >=, < or <=',
    );
  }
  const compared = { operator, limit };
  if (!/^https?:/i.test(from)) return { from: { command: parseCommand(from) }, ...compared };
  const [, url = '', series = ''] = /^(\S+)\s*(.*)$/s.exec(from) ?? [];
  if (!/^[a-zA-Z_:][\w:]*(?:\{[^{}]*\})?$/.test(series)) {
    throw new InvalidValue('has no metric after the URL; write <url> <metric> > <number>');
  }
  return { from: { url: parseUrl(url, []), series }, ...compared };
}

function parseUrl(text: string, known: readonly PlaceholderName[]): URL {
  const url = URL.parse(text);
  if (url === null) throw new InvalidValue('is not a URL; write http://127.0.0.1:<port>/<path>');
  if (!['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidValue(`has the scheme ${url.protocol.slice(0, -1)}; write http or https`);
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw new InvalidValue('has a % in user or password that begins no escape; write it as %25');
  }
  requireKnownPlaceholders(text, known);
  return url;
}

function isDecodable(text: string): boolean {
  try {
    // What it returns is looked at: a bundler leaves out a call that seems to be for nothing.
    return decodeURIComponent(text).length <= text.length;
  } catch {
    return false;
  }
}

/** A misspelt placeholder would be sent as it stands, and nobody would notice. */
function requireKnownPlaceholders(text: string, known: readonly PlaceholderName[]): void {
  for (const [, name] of text.matchAll(/\{\{([a-z]+)\}\}/gi)) {
    if (known.some((one) => one === name)) continue;
    const list = known.map((one) => `{{${one}}}`).join(', ');
    throw new InvalidValue(
      list === ''
        ? 'has a placeholder; none is known here'
        : `has an unknown placeholder; known here: ${list}`,
    );
  }
}

export function parseMethod(raw: string): string {
  const method = raw.trim().toUpperCase();
  if (!/^[A-Z]+$/.test(method) || method === 'CONNECT') {
    throw new InvalidValue('is not an HTTP method');
  }
  return method;
}

/** Those that frame the message on the connection are the client's to set. */
const FRAMING = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** One per line, `Name: value` or `Name: @/path`. */
export function parseHeaders(raw: string): Header[] {
  return raw
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [start = '', name] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):/.exec(line.trim()) ?? [];
      if (name === undefined) {
        throw new InvalidValue('has a line that is not a header; write Name: value, one per line');
      }
      if (FRAMING.includes(name.toLowerCase())) {
        throw new InvalidValue(`sets ${name}, which is set by the client itself`);
      }
      const value = line.trim().slice(start.length).trimStart();
      // oxlint-disable-next-line no-control-regex
      if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
        throw new InvalidValue(`has a control character in the value of ${name}`);
      }
      return { name, value: parseSource(value) };
    });
}

/** A text, or `@/path` for what that file holds at the time of the call. */
export function parseSource(raw: string): Source {
  if (!raw.startsWith('@')) {
    requireKnownPlaceholders(raw, placeholderNames);
    return { text: raw };
  }
  const file = raw.slice(1).trim();
  if (!isAbsolute(file)) throw new InvalidValue('has an @ that no absolute path follows');
  return { file };
}

export function parseFilePath(raw: string): string {
  const path = raw.trim();
  if (!isAbsolute(path)) throw new InvalidValue('is not an absolute path');
  return path;
}

/** The name that the certificate must bear: a host name or an address. */
export function parseServerName(raw: string): string {
  const name = raw.trim();
  const { isIP } = process.getBuiltinModule('node:net');
  if (isIP(name) === 0 && !/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i.test(name)) {
    throw new InvalidValue('is not a host name; write it without scheme, port and path');
  }
  return name;
}

/** Status codes that mean success: single ones and ranges, comma separated. */
export type StatusRange = { from: number; to: number };

export function parseStatusRanges(raw: string): StatusRange[] {
  const ranges = parseList(raw).map((item) => {
    const [, from, to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(item) ?? [];
    if (from === undefined || Number(from) > Number(to)) {
      throw new InvalidValue(`${item} is not a status range; write 200-299,304`);
    }
    return { from: Number(from), to: Number(to) };
  });
  if (ranges.length === 0) throw new InvalidValue('names no status; write 200-299');
  return ranges;
}

/** A rule for a body. `^` and `$` stand for the ends of a line, since many bodies are lists. */
export function parseBodyMatch(raw: string): RegExp {
  return toPattern(raw);
}

/** The same, but with `{{hash}}` in it: a pattern once the hash is known. */
export type HashMatch = (hash: string) => RegExp;

export function parseHashMatch(raw: string): HashMatch {
  requireKnownPlaceholders(raw, ['hash']);
  const match: HashMatch = (hash) =>
    toPattern(raw.replaceAll('{{hash}}', () => escapePattern(hash)));
  match('');
  for (const digit of ['0', '9', 'f']) requireAnyHash(match, digit.repeat(64));
  return match;
}

/** Between brackets or braces a hash is no text to be found, and not every hash makes sense. */
function requireAnyHash(match: HashMatch, hash: string): void {
  try {
    match(hash);
  } catch {
    throw new InvalidValue('is not a regular expression with every hash in the place of {{hash}}');
  }
}

function toPattern(source: string): RegExp {
  try {
    return new RegExp(source, 'm');
  } catch (error) {
    throw new InvalidValue(`is not a regular expression: ${(error as Error).message}`);
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
