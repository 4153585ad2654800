/** A URL as it may be shown: without user, password, query values and fragment. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  if (shown.username !== '' || shown.password !== '') {
    shown.username = 'redacted';
    shown.password = '';
  }
  for (const name of new Set(shown.searchParams.keys())) shown.searchParams.set(name, 'redacted');
  shown.hash = '';
  return shown.href;
}
