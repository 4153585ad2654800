import { readCredential, unusable, type NamedFile } from './file.ts';
import type { CredentialSettings } from './settings.ts';
import { hasPlaceholder, renderHeader, type Values } from './template.ts';

/** As it is sent: one character per byte. */
export type SentHeader = readonly [name: string, value: string];

export type HeaderInput = {
  settings: CredentialSettings;
  url: URL;
  /** Absent where nothing is known of the content: headers that ask for it are left out then. */
  values: Values | undefined;
};

/** The configured headers, and the credentials from the files or from the URL. */
export async function resolveHeaders(
  { settings, url, values }: HeaderInput,
  signal: AbortSignal,
): Promise<SentHeader[]> {
  const { header = [], basicAuthFile, bearerFile } = settings;
  const headers: SentHeader[] = [...fromUrl(url)];
  for (const { name, value } of header) {
    if ('file' in value) {
      const named = { file: value.file, option: 'REHUP_HEADER' };
      headers.push([name, toBytes(await readCredential(named, signal))]);
    } else if (values !== undefined) {
      headers.push([name, toBytes(renderHeader(value.text, values))]);
    } else if (!hasPlaceholder(value.text)) {
      headers.push([name, toBytes(value.text)]);
    }
  }
  if (basicAuthFile !== undefined) {
    const named = { file: basicAuthFile, option: 'REHUP_BASIC_AUTH_FILE' };
    headers.push(toBasic(requirePair(await readCredential(named, signal), named)));
  }
  if (bearerFile !== undefined) {
    const named = { file: bearerFile, option: 'REHUP_BEARER_FILE' };
    headers.push(['authorization', `Bearer ${toBytes(await readCredential(named, signal))}`]);
  }
  return headers;
}

export function hasHeader(headers: readonly SentHeader[], name: string): boolean {
  return headers.some(([candidate]) => candidate.toLowerCase() === name);
}

function fromUrl({ username, password }: URL): SentHeader[] {
  if (username === '' && password === '') return [];
  return [toBasic(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)];
}

/** RFC 7617; the user and the password in UTF-8, as browsers and curl send them. */
function toBasic(pair: string): SentHeader {
  return ['authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
}

function requirePair(text: string, named: NamedFile): string {
  if (text.includes(':')) return text;
  throw unusable(named, 'holds no colon', 'put user:password into it');
}

/** A header is bytes; text beyond ASCII goes out in UTF-8. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
