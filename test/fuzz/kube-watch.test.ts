import { toApiFailure } from '../../src/sidecar/act/api-failure.ts';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoJson, parseJson, readJsonLines, TooLarge } from '../../src/kubernetes/body.ts';
import { explainConnection } from '../../src/kubernetes/explain-connection.ts';
import { explainStatus, KubeProblem } from '../../src/kubernetes/problem.ts';
import { parseStatus, parseWatchEvent } from '../../src/kubernetes/parse.ts';
import { configMaps } from '../../src/kubernetes/request.ts';
import type { StatusObject } from '../../src/kubernetes/types.ts';
import { createWatchedObject } from '../../src/kubernetes/watched-object.ts';
import { jsonJunk, statusBodies, watchLines } from './samples/kube.ts';
import { fuzz, fuzzAsync } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

const source = { kind: 'ConfigMap', name: 'app-config' } as const;
const request = { ...configMaps, verb: 'watch', namespace: 'web' } as const;
const NOW_MS = 1_794_211_626_000;

/** An event, of which some part is something else than the API says. */
const event = fc
  .record({
    type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR', 'RENAMED'),
    object: fc.record(
      {
        metadata: anythingOr(
          fc.record(
            {
              name: anythingOr(fc.constant('app-config')),
              resourceVersion: anythingOr(fc.constantFrom('1', '2', '0', '')),
              creationTimestamp: anythingOr(fc.constant('2026-11-09T08:07:06Z')),
              managedFields: anythingOr(
                fc.array(fc.record({ time: anythingOr(fc.constant('2026-11-09T08:07:07Z')) })),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
        code: anythingOr(fc.constantFrom(410, 429, 500, 401)),
        message: anythingOr(fc.constant('too old resource version: 1 (9999)')),
        reason: anythingOr(fc.constant('Expired')),
        details: anythingOr(fc.record({ retryAfterSeconds: anythingOr(fc.nat(10)) })),
      },
      { requiredKeys: [] },
    ),
  })
  .chain((whole) => anythingOr(fc.constant(whole)));

function anythingOr<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: value, weight: 15 },
    { arbitrary: fc.constantFrom(null, '', -1, {}, []), weight: 1 },
    { arbitrary: fc.jsonValue({ maxDepth: 1 }), weight: 1 },
  );
}

describe('whatever comes over a watch', () => {
  it('is items, and at last an error without a piece of the text', async () => {
    const bytes = fc.tuple(anyText(watchLines, jsonJunk), fc.nat(400));
    await fuzzAsync(bytes, async ([text, at]) => {
      const all = Buffer.from(text);
      const whole = await itemsOf([all]);
      expect(await itemsOf([all.subarray(0, at), all.subarray(at)])).toEqual(whole);
      const { items, error } = whole;
      if (error === undefined) return;
      expect([NoJson, TooLarge]).toContain(error.constructor);
      const { kind, message } = explainConnection(request, 'api:443', error);
      expect(kind).toBe('rejected');
      expect(message).toBe(`watch configmaps in namespace web: ${new NoJson().message}`);
      expect(items.length).toBeLessThan(text.split('\n').length);
    });
  });

  it('is a change of the object, nothing, or a problem with a remedy', () => {
    fuzz(fc.array(event, { maxLength: 4 }), (events) => {
      const object = createWatchedObject(source, () => NOW_MS);
      for (const each of events) {
        const change = orProblem(() => {
          const known = parseWatchEvent(each, request);
          return known && object.take(known, request);
        });
        if (change instanceof KubeProblem) expectProblem(change);
        else if (change !== undefined) {
          expect(change.resourceVersion).toMatch(/./);
          expect(change.movedAtMs).toBeGreaterThanOrEqual(0);
        }
        expect(typeof object.from()).toBe('string');
      }
    });
  });
});

describe('whatever an error is answered with', () => {
  it('is a problem with a remedy', () => {
    const status = fc.oneof(
      fc.integer({ min: 300, max: 999 }),
      fc.constantFrom(401, 403, 404, 409, 410, 422, 429, 500, 503),
    );
    fuzz(fc.tuple(status, anyText(statusBodies, jsonJunk)), ([code, text]) => {
      expectProblem(
        explainStatus(request, { status: code, body: parseBody(text), retryAfterMs: undefined }),
      );
    });
  });
});

function expectProblem(problem: KubeProblem): void {
  const { kind, message, remedy, retryAfterMs = 0 } = problem;
  for (const text of [kind, message, remedy, toApiFailure(problem).outcome]) {
    expect(text).not.toBe('');
    expect(text).not.toMatch(/undefined|\[object/);
  }
  expect(retryAfterMs).toBeGreaterThanOrEqual(0);
}

/** As the client takes it: a `Status`, or nothing. */
function parseBody(text: string): StatusObject | undefined {
  try {
    return parseStatus(parseJson(text));
  } catch {
    return undefined;
  }
}

function orProblem<Result>(take: () => Result): Result | KubeProblem {
  try {
    return take();
  } catch (error) {
    if (error instanceof KubeProblem) return error;
    throw error;
  }
}

type Read = { items: unknown[]; error?: Error };

async function itemsOf(pieces: readonly Buffer[]): Promise<Read> {
  const items: unknown[] = [];
  try {
    for await (const item of readJsonLines(Readable.from(pieces))) items.push(item);
    return { items };
  } catch (error) {
    return { items, error: error as Error };
  }
}
