import { describe, expect, it } from 'vitest';
import {
  configMaps,
  describeRequest,
  headersOf,
  type KubeRequest,
  methodOf,
  pathOf,
  pods,
  resourceOf,
  secrets,
} from '../../../src/kubernetes/request.ts';

const deployments = { group: 'apps', version: 'v1', resource: 'deployments' };
const events = { group: 'events.k8s.io', version: 'v1', resource: 'events' };
const at = { namespace: 'web', name: 'my-app' };
const watched = { fieldSelector: 'metadata.name=my-app', resourceVersion: '0' };

const REQUESTS: readonly [request: KubeRequest, line: string, described: string][] = [
  [
    { ...pods, verb: 'get', ...at },
    'GET /api/v1/namespaces/web/pods/my-app',
    'get pods my-app in namespace web',
  ],
  [
    { ...deployments, verb: 'list', namespace: 'web' },
    'GET /apis/apps/v1/namespaces/web/deployments',
    'list deployments.apps in namespace web',
  ],
  [
    { ...pods, verb: 'list', query: { limit: '100', continue: undefined } },
    'GET /api/v1/pods?limit=100',
    'list pods',
  ],
  [
    { ...configMaps, verb: 'watch', namespace: 'web', query: watched },
    'GET /api/v1/namespaces/web/configmaps?watch=true&fieldSelector=metadata.name%3Dmy-app&resourceVersion=0',
    'watch configmaps my-app in namespace web',
  ],
  [
    { ...pods, verb: 'patch', ...at, body: {}, patch: 'merge-patch' },
    'PATCH /api/v1/namespaces/web/pods/my-app?fieldManager=rehup',
    'patch pods my-app in namespace web',
  ],
  [
    { ...deployments, verb: 'patch', ...at, query: { force: 'true' }, patch: 'apply-patch' },
    'PATCH /apis/apps/v1/namespaces/web/deployments/my-app?fieldManager=rehup&force=true',
    'patch deployments.apps my-app in namespace web',
  ],
  [
    { ...events, verb: 'create', namespace: 'web', body: {} },
    'POST /apis/events.k8s.io/v1/namespaces/web/events?fieldManager=rehup',
    'create events.events.k8s.io in namespace web',
  ],
  [
    { ...configMaps, verb: 'update', ...at, body: {} },
    'PUT /api/v1/namespaces/web/configmaps/my-app?fieldManager=rehup',
    'update configmaps my-app in namespace web',
  ],
  [
    { ...secrets, verb: 'delete', ...at },
    'DELETE /api/v1/namespaces/web/secrets/my-app',
    'delete secrets my-app in namespace web',
  ],
  [
    { ...secrets, verb: 'get', namespace: 'web', name: 'a/../b?c' },
    'GET /api/v1/namespaces/web/secrets/a%2F..%2Fb%3Fc',
    'get secrets a/../b?c in namespace web',
  ],
];

describe('a request', () => {
  it.each(REQUESTS)('%o is %s', (request, line) => {
    expect(`${methodOf(request)} ${pathOf(request)}`).toBe(line);
  });

  it.each(REQUESTS)('%o is described by its verb, kind, name and namespace', (...row) => {
    expect(describeRequest(row[0])).toBe(row[2]);
  });

  it.each([
    [{}, { accept: 'application/json' }],
    [
      { metadataOnly: true },
      { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
    ],
    [
      { metadataOnly: true, verb: 'list' },
      { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
    ],
    [{ body: {} }, { accept: 'application/json', 'content-type': 'application/json' }],
    [
      { body: {}, patch: 'merge-patch' },
      { accept: 'application/json', 'content-type': 'application/merge-patch+json' },
    ],
    [
      { body: {}, patch: 'strategic-merge-patch' },
      { accept: 'application/json', 'content-type': 'application/strategic-merge-patch+json' },
    ],
    [
      { body: {}, patch: 'apply-patch' },
      { accept: 'application/json', 'content-type': 'application/apply-patch+yaml' },
    ],
  ] as const)('with %o has the headers %o', (more, headers) => {
    expect(headersOf({ ...pods, verb: 'watch', ...more })).toEqual(headers);
  });

  it.each([
    ['ConfigMap', 'configmaps'],
    ['Secret', 'secrets'],
  ] as const)('for a %s goes to %s', (kind, resource) => {
    expect(resourceOf(kind)).toEqual({ group: '', version: 'v1', resource });
  });
});
