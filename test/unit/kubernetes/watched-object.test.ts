import { describe, expect, it } from 'vitest';
import { configMaps } from '../../../src/kubernetes/request.ts';
import type { ObjectMeta } from '../../../src/kubernetes/types.ts';
import { createWatchedObject, type WatchEvent } from '../../../src/kubernetes/watched-object.ts';

const source = { kind: 'ConfigMap', name: 'app' } as const;
const request = { ...configMaps, verb: 'watch', namespace: 'web' } as const;
const NOW = 1_700_000_000_000;

function event(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', version: string, more = {}) {
  const metadata: ObjectMeta = { name: 'app', uid: 'a1', resourceVersion: version, ...more };
  return { type, object: { metadata } };
}

function take(...events: WatchEvent[]): unknown[] {
  const object = createWatchedObject(source, () => NOW);
  return events.map((each) => {
    const change = object.take(each, request);
    return change && `${change.kind} ${change.resourceVersion}`;
  });
}

describe('a watched object', () => {
  it('was seen first, and has moved with each version after that', () => {
    const told = take(event('ADDED', '7'), event('MODIFIED', '9'), event('MODIFIED', '12'));
    expect(told).toEqual(['seen 7', 'moved 9', 'moved 12']);
  });

  it('has not moved where a new watch begins with the version that is known', () => {
    expect(take(event('ADDED', '7'), event('ADDED', '7'))).toEqual(['seen 7', undefined]);
  });

  it('has moved where a new watch begins with another version', () => {
    expect(take(event('ADDED', '7'), event('ADDED', '9'))).toEqual(['seen 7', 'moved 9']);
  });

  it('has moved when it is made again after it was deleted', () => {
    const told = take(event('ADDED', '7'), event('DELETED', '9'), event('ADDED', '9'));
    expect(told).toEqual(['seen 7', 'deleted 9', 'moved 9']);
  });

  it('says nothing at bookmarks', () => {
    expect(take(event('BOOKMARK', '8'))).toEqual([undefined]);
  });

  it('goes on from the last version that was told, bookmarks and deletions too', () => {
    const object = createWatchedObject(source, () => NOW);
    const versions = [
      event('ADDED', '7'),
      event('BOOKMARK', '8'),
      event('MODIFIED', '9'),
      event('DELETED', '11'),
    ].map((each) => {
      const before = object.from();
      object.take(each, request);
      return before;
    });
    expect([...versions, object.from()]).toEqual(['0', '7', '8', '9', '11']);
    object.startAnew();
    expect(object.from()).toBe('0');
  });

  it('moved when we heard of it; but was seen as of its latest time', () => {
    const object = createWatchedObject(source, () => NOW);
    const times = {
      creationTimestamp: '2026-01-02T03:04:05Z',
      managedFields: [{ time: '2026-01-02T03:04:09Z' }, {}, { time: '2026-01-02T03:04:07Z' }],
    };
    const seen = object.take(event('ADDED', '7', times), request);
    expect(seen?.movedAtMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 9));
    expect(object.take(event('MODIFIED', '9', times), request)?.movedAtMs).toBe(NOW);
  });

  it.each([
    [{ code: 410, message: 'too old resource version: 7 (9)' }, 'gone'],
    [{ code: 401 }, 'unauthorized'],
    [{ code: 504, details: { retryAfterSeconds: 1 } }, 'unreachable'],
    [{}, 'unreachable'],
  ])('throws the error that ends a watch: %o', (status, kind) => {
    const object = createWatchedObject(source, () => NOW);
    const error: WatchEvent = { type: 'ERROR', object: { kind: 'Status', ...status } };
    expect(() => object.take(error, request)).toThrow(expect.objectContaining({ kind }));
  });
});
