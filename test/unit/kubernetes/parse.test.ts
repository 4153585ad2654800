import { describe, expect, it } from 'vitest';
import { parseStatus, parseWatchEvent } from '../../../src/kubernetes/parse.ts';
import { configMaps } from '../../../src/kubernetes/request.ts';

const request = { ...configMaps, verb: 'watch', namespace: 'web' } as const;

describe('a line of a watch', () => {
  it('is the version and the times of an object', () => {
    const metadata = {
      name: 'app',
      resourceVersion: '7',
      creationTimestamp: null,
      managedFields: [{ manager: 'kubectl', time: '2026-01-02T03:04:09Z' }, { time: 5 }, 'x'],
    };
    expect(parseWatchEvent({ type: 'ADDED', object: { metadata } }, request)).toEqual({
      type: 'ADDED',
      object: {
        metadata: {
          resourceVersion: '7',
          managedFields: [{ time: '2026-01-02T03:04:09Z' }, {}, {}],
        },
      },
    });
  });

  it('is nothing if a later version of the API has brought its type', () => {
    expect(parseWatchEvent({ type: 'RENAMED', object: {} }, request)).toBeUndefined();
  });

  it.each([
    null,
    5,
    'ADDED',
    [],
    {},
    { type: 7 },
    { type: 'ADDED' },
    { type: 'MODIFIED', object: { metadata: { resourceVersion: 7 } } },
    { type: 'BOOKMARK', object: { metadata: { resourceVersion: '' } } },
    { type: 'DELETED', object: { metadata: null } },
  ])('is refused, with a remedy, where it is not an event: %j', (line) => {
    expect(() => parseWatchEvent(line, request)).toThrow(
      expect.objectContaining({
        kind: 'rejected',
        message: 'watch configmaps in namespace web: the answer is not an event of a watch',
        remedy: 'check that the API server answers, and no proxy with answers of its own',
      }),
    );
  });

  it.each([null, {}, { code: '410', message: 5, details: 'x' }])(
    'is an error without particulars where they are not as they should be: %j',
    (object) => {
      expect(parseWatchEvent({ type: 'ERROR', object }, request)).toEqual({
        type: 'ERROR',
        object: { kind: 'Status' },
      });
    },
  );
});

describe('the body of a refusal', () => {
  it('is read as far as it is as it should be', () => {
    const body = { kind: 'Status', code: 429, reason: 7, details: { retryAfterSeconds: 3 } };
    expect(parseStatus(body)).toEqual({
      kind: 'Status',
      code: 429,
      details: { retryAfterSeconds: 3 },
    });
    expect(parseStatus({ ...body, details: { retryAfterSeconds: -3 } })?.details).toBeUndefined();
  });

  it.each([null, 'Status', [], {}, { kind: 'Pod' }])(
    'is nothing if it is no Status: %j',
    (body) => {
      expect(parseStatus(body)).toBeUndefined();
    },
  );
});
