/**
 * A URL as it may be shown: without user, password, query values and fragment. Of a query without
 * names nothing is shown, since it may be a token as it stands.
 */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  if (shown.username !== '' || shown.password !== '') {
    shown.username = 'redacted';
    shown.password = '';
  }
  if (shown.search.length > 1) {
    shown.search = shown.search
      .slice(1)
      .split('&')
      .map((part) => (part.includes('=') ? `${part.split('=', 1)[0]}=redacted` : 'redacted'))
      .join('&');
  }
  shown.hash = '';
  // The braces of a placeholder are escaped in a path; it is shown as it was written.
  return shown.href.replaceAll(/%7B%7B([a-z]+)%7D%7D/gi, '{{$1}}');
}
