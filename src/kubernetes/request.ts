/** A verb as RBAC knows it; `watch` is a request whose answer does not end by itself. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** A kind of object as the API addresses it. `group` is empty for the core group. */
export type Resource = { group: string; version: string; resource: string };

export type KubeRequest = Resource & {
  verb: Verb;
  namespace?: string;
  /** Absent for list, watch and create. */
  name?: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** How a patch is written: part of the media type `application/…+json`. */
  patch?: 'merge-patch' | 'strategic-merge-patch' | 'json-patch' | 'apply-patch';
  /** Metadata alone, instead of whole objects (`PartialObjectMetadata`). */
  metadataOnly?: boolean;
  /** All verbs that are needed together on the same: whoever lacks one of them is told of all. */
  together?: readonly Verb[];
};

export const pods: Resource = { group: '', version: 'v1', resource: 'pods' };
export const configMaps: Resource = { group: '', version: 'v1', resource: 'configmaps' };
export const secrets: Resource = { group: '', version: 'v1', resource: 'secrets' };

/** Who wrote what: the field manager of all that rehup writes. */
export const FIELD_MANAGER = 'rehup';

export function resourceOf(kind: 'ConfigMap' | 'Secret'): Resource {
  return kind === 'ConfigMap' ? configMaps : secrets;
}

const METHODS = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
} as const satisfies Record<Verb, string>;

export function methodOf({ verb }: KubeRequest): string {
  return METHODS[verb];
}

/**
 * What a request carries. A DELETE with a body has all of its options there, and the API server reads none
 * of those in its query: a dry run would delete.
 */
export function bodyOf({ verb, query, body }: KubeRequest): unknown {
  const dryRun = query?.['dryRun'];
  if (verb !== 'delete' || body === undefined || dryRun === undefined) return body;
  return { ...(body as object), dryRun: [dryRun] };
}

/** Path and query of a request: `/api/v1/…` for the core group, `/apis/GROUP/…` for all others. */
export function pathOf(request: KubeRequest): string {
  const { group, version, resource, namespace, name, verb } = request;
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const segments = [...root, ...scope, resource, ...(name === undefined ? [] : [name])];
  const writes = verb === 'create' || verb === 'update' || verb === 'patch';
  const query = new URLSearchParams();
  const all = {
    ...(verb === 'watch' && { watch: 'true' }),
    ...(writes && { fieldManager: FIELD_MANAGER }),
    ...request.query,
  };
  for (const [key, value] of Object.entries(all)) if (value !== undefined) query.set(key, value);
  const text = query.size === 0 ? '' : `?${query.toString()}`;
  return `/${segments.map(encodeURIComponent).join('/')}${text}`;
}

export function headersOf({
  patch,
  body,
  metadataOnly,
  verb,
}: KubeRequest): Record<string, string> {
  const view = verb === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  const accept = `application/json${metadataOnly === true ? `;as=${view};g=meta.k8s.io;v=v1` : ''}`;
  if (body === undefined) return { accept };
  const type =
    patch === undefined
      ? 'application/json'
      : `application/${patch}${patch === 'apply-patch' ? '+yaml' : '+json'}`;
  return { accept, 'content-type': type };
}

/** As a person would say it: `patch pods my-app in namespace web`. */
export function describeRequest({
  verb,
  group,
  resource,
  name,
  namespace,
  query,
}: KubeRequest): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  const selected = name ?? query?.['fieldSelector']?.replace(/^metadata\.name=/, '');
  const which = selected === undefined ? '' : ` ${selected}`;
  const labels = query?.['labelSelector'];
  const among = labels === undefined ? '' : ` with the label ${labels}`;
  const everywhere = labels === undefined ? '' : ' in all namespaces';
  const where = namespace === undefined ? everywhere : ` in namespace ${namespace}`;
  return `${verb} ${kind}${which}${among}${where}`;
}
