import type { IncomingHttpHeaders } from 'node:http';

/**
 * What a request over loopback tells of somebody who is not in the pod: a web page in the browser of
 * who forwards the port, or another host for whom a proxy of the pod asks. Absent where there is
 * nothing.
 */
export function findStranger(headers: IncomingHttpHeaders): string | undefined {
  if (FORWARDED.some((name) => headers[name] !== undefined))
    return 'a proxy asks for somebody else';
  const { host, origin } = headers;
  // A name of somebody else's that leads to loopback (DNS rebinding).
  if (host === undefined || !LOCAL_HOST.test(host)) return 'it was asked for by another name';
  if (origin !== undefined && origin !== `http://${host}`) return 'a web page asks for it';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'a web page asks for it';
  }
  return undefined;
}

const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** What proxies add, those of meshes among them. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-client-cert',
  'x-real-ip',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-decorator-operation',
  'l5d-client-id',
  'l5d-dst-canonical',
];
