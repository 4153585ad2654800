import type { ContentRequest } from '../../snapshot/content-request.ts';
import { type PlaceholderName, placeholderNames } from '../../../config/parse-http.ts';
import { toJson } from '../../exec/describe-change.ts';
import { keyPath } from '../../mount/key-path.ts';
import type { Change } from '../../../system/diff-keys.ts';

/** What each placeholder stands for. */
export type Values = Readonly<Record<PlaceholderName, string>>;

/** The hash as it is; all else as JSON. */
export function toValues({ changes, hash }: ContentRequest): Values {
  const list = (kind: keyof Change): string =>
    JSON.stringify(
      [...changes].flatMap(([mount, change]) => change[kind].map((key) => keyPath(mount, key))),
    );
  return {
    hash,
    added: list('added'),
    changed: list('changed'),
    removed: list('removed'),
    change: toJson({ changes, hash }).trimEnd(),
  };
}

const PLACEHOLDER = new RegExp(String.raw`\{\{(${placeholderNames.join('|')})\}\}`, 'g');

/** In one go: what a value holds is never taken for a placeholder itself. */
export function render(template: string, values: Values): string {
  return template.replaceAll(PLACEHOLDER, (_, name: PlaceholderName) => values[name]);
}

export function hasPlaceholder(template: string): boolean {
  return template.search(PLACEHOLDER) !== -1;
}

/** The same for the value of a header, which is ASCII: JSON has escapes for what is not. */
export function renderHeader(template: string, values: Values): string {
  const escaped = Object.fromEntries(
    placeholderNames.map((name) => [name, escapeNonAscii(values[name])]),
  ) as Values;
  return render(template, escaped);
}

function escapeNonAscii(json: string): string {
  return json.replaceAll(
    /[^\u0020-\u007e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The hash in a URL; in its path the parser of URLs has escaped the braces. */
export function renderUrl(url: URL, hash: string): URL {
  return new URL(url.href.replaceAll(/(?:\{\{|%7B%7B)hash(?:\}\}|%7D%7D)/g, hash));
}
