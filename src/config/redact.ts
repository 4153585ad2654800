/**
 * A URL as it may be shown: without user, password, query values and fragment. Of a query without
 * names nothing is shown, since it may be a token as it stands. So may a part of the path: those of
 * webhooks are. What is made of words is shown, as `/-/reload` and `/api/v1/config`.
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
  shown.pathname = shown.pathname.split('/').map(redactPart).join('/');
  // The braces of a placeholder are escaped in a path; it is shown as it was written.
  return shown.href.replaceAll(/%7B%7B([a-z]+)%7D%7D/gi, '{{$1}}');
}

/** Words in one case or camel case, with hyphens, dots and underscores between; a version; a placeholder. */
const WORDS =
  /^(?:-|v\d{1,2}|[A-Z]?[a-z]{1,16}(?:[A-Z][a-z]{2,15})*(?:[-._~][A-Z]?[a-z]{1,16}(?:[A-Z][a-z]{2,15})*){0,4})?$/;

const PLACEHOLDER = /^%7B%7B[a-z]+%7D%7D$/i;

function redactPart(part: string): string {
  return WORDS.test(part) || PLACEHOLDER.test(part) ? part : 'redacted';
}
