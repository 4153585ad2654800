import type { KubeObject, StatusObject } from '../../../src/kubernetes/types.ts';
import type { Call } from './call.ts';

/** What a real API server says, word for word as far as the client reads it. */
export interface StatusAnswer {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusObject['details'];
  readonly headers?: Readonly<Record<string, string>>;
}

export function statusBody({ code, reason, message, details }: StatusAnswer): StatusObject {
  const common = { kind: 'Status' as const, apiVersion: 'v1', metadata: {}, status: 'Failure' };
  return { ...common, message, reason, code, ...(details && { details }) };
}

export const answers = {
  unauthorized: { code: 401, reason: 'Unauthorized', message: 'Unauthorized' },
  busy: (seconds: number): StatusAnswer => ({
    code: 429,
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    headers: { 'Retry-After': String(seconds) },
  }),
  broken: {
    code: 500,
    reason: 'InternalError',
    message: 'Internal error occurred: etcdserver: request timed out',
  },
  gone: (from: string, oldest: number): StatusAnswer => ({
    code: 410,
    reason: 'Expired',
    message: `too old resource version: ${from} (${oldest})`,
  }),
  forbidden: (call: Call): StatusAnswer => ({
    code: 403,
    reason: 'Forbidden',
    message: `${call.resource}${call.group && `.${call.group}`} "${call.name ?? ''}" is forbidden: User "system:serviceaccount:web:rehup" cannot ${call.verb} resource "${call.resource}" in API group "${call.group}" in the namespace "${call.namespace}"`,
  }),
  notFound: (call: Call): StatusAnswer => ({
    code: 404,
    reason: 'NotFound',
    message: `${call.resource} "${call.name ?? ''}" not found`,
  }),
  alreadyExists: (call: Call, name: string): StatusAnswer => ({
    code: 409,
    reason: 'AlreadyExists',
    message: `${call.resource} "${name}" already exists`,
  }),
  conflict: (call: Call, why: string): StatusAnswer => ({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${call.resource} "${call.name ?? ''}": ${why}`,
  }),
} as const;

/** An object as the request asked to see it: whole, or its metadata alone. */
export function viewOf(call: Call, object: KubeObject): unknown {
  const accept = call.headers.accept ?? '';
  if (!accept.includes('as=PartialObjectMetadata;')) return object;
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** RFC 7396. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
