import { asList, asNumber, asRecord, asText } from '../system/plain.ts';
import { KubeProblem } from './problem.ts';
import { describeRequest, type KubeRequest } from './request.ts';
import type { StatusObject } from './types.ts';
import type { WatchEvent } from './watched-object.ts';

/** A `Status`, if it is one. Of a proxy in between anything may come: what has another type is left out. */
export function parseStatus(body: unknown): StatusObject | undefined {
  return asRecord(body)['kind'] === 'Status' ? toStatus(body) : undefined;
}

function toStatus(body: unknown): StatusObject {
  const { code, message, reason, details } = asRecord(body);
  const seconds = asNumber(asRecord(details)['retryAfterSeconds']) ?? -1;
  return {
    kind: 'Status',
    ...defined({ code: asNumber(code), message: asText(message), reason: asText(reason) }),
    ...(seconds >= 0 && { details: { retryAfterSeconds: seconds } }),
  };
}

/**
 * One line of a watch; `undefined` for a type that a later version of the API may add. Throws a
 * KubeProblem for what no API server sends: an object without its version cannot be followed.
 */
export function parseWatchEvent(line: unknown, request: KubeRequest): WatchEvent | undefined {
  const { type, object } = asRecord(line);
  switch (type) {
    case 'ERROR':
      return { type, object: toStatus(object) };
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK': {
      const metadata = asRecord(asRecord(object)['metadata']);
      const resourceVersion = asText(metadata['resourceVersion']) ?? '';
      if (resourceVersion === '') throw noEvent(request);
      const managers = asList(metadata['managedFields']).map(asRecord);
      const creationTimestamp = asText(metadata['creationTimestamp']);
      const managedFields = managers.map(({ time }) => defined({ time: asText(time) }));
      return {
        type,
        object: {
          metadata: { resourceVersion, managedFields, ...defined({ creationTimestamp }) },
        },
      };
    }
    default:
      if (asText(type) === undefined) throw noEvent(request);
      return undefined;
  }
}

function noEvent(request: KubeRequest): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `${describeRequest(request)}: the answer is not an event of a watch`,
    remedy: 'check that the API server answers, and no proxy with answers of its own',
  });
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Defined<Fields>;
}
