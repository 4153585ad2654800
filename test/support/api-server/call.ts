import type { IncomingHttpHeaders } from 'node:http';
import type { Verb } from '../../../src/kubernetes/request.ts';

/** One request, as the authorizer of a real API server sees it, and what it was answered with. */
export interface Call {
  readonly verb: Verb;
  readonly group: string;
  readonly resource: string;
  /** Empty for all. */
  readonly namespace: string;
  /** The object's name; of a watch, the one in its field selector. */
  readonly name: string | undefined;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** The client's end of the connection. */
  readonly port: number;
}

interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly port: number;
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/[^/]+\/(?:namespaces\/(?<namespace>[^/]+)\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?|(?<everywhere>[^/]+))$/;

const VERBS: Readonly<Record<string, Verb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** `undefined` for a path that is not a namespaced resource. */
export function parseCall({ method, url, headers, body, port }: Incoming): Call | undefined {
  const { pathname, searchParams: query } = new URL(url, 'https://api');
  const { group = '', everywhere, name, ...inOne } = PATH.exec(pathname)?.groups ?? {};
  const { namespace = '', resource = everywhere } = inOne;
  if (resource === undefined) return undefined;
  const selected = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const reading = query.get('watch') === 'true' ? 'watch' : name === undefined ? 'list' : 'get';
  return {
    verb: VERBS[method] ?? reading,
    group,
    resource,
    namespace,
    name: name === undefined ? selected : decodeURIComponent(name),
    path: pathname,
    query,
    headers,
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
    port,
  };
}
