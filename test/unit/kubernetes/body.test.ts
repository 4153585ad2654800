import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NoJson,
  parseJson,
  readJsonLines,
  readText,
  TooLarge,
} from '../../../src/kubernetes/body.ts';

async function itemsOf(pieces: readonly Buffer[]): Promise<unknown[]> {
  return await collect(Readable.from(pieces));
}

async function collect(body: Readable): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of readJsonLines(body)) items.push(item);
  return items;
}

/** More than the limit, a mebibyte at a time. */
function* endless(): Generator<Buffer> {
  const piece = Buffer.alloc(2 ** 20, 'x');
  for (let count = 0; count < 40; count += 1) yield piece;
}

describe('a stream of JSON lines', () => {
  it('is the same however it is cut into pieces', async () => {
    const items = fc.array(fc.record({ type: fc.string(), object: fc.jsonValue() }));
    const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(items, cuts, async (all, sizes) => {
        const bytes = Buffer.from(all.map((item) => `${JSON.stringify(item)}\n`).join(''));
        const pieces: Buffer[] = [];
        for (let from = 0, cut = 0; from < bytes.length; cut += 1) {
          const size = sizes[cut % sizes.length] ?? 1;
          pieces.push(bytes.subarray(from, from + size));
          from += size;
        }
        expect(await itemsOf(pieces)).toEqual(JSON.parse(JSON.stringify(all)));
      }),
    );
  });

  it('passes over empty lines, and drops a last line without its end', async () => {
    const pieces = ['{"a":1}\n\n  \n', '{"a":2}\n{"a":'].map((text) => Buffer.from(text));
    expect(await itemsOf(pieces)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('ends at what is not JSON, and does not quote it', async () => {
    const reading = itemsOf([Buffer.from('{"a":1}\npassword: secret\n')]);
    await expect(reading).rejects.toThrow(NoJson);
    await expect(reading).rejects.not.toThrow(/secret/);
  });

  it('takes a line of a few mebibytes, and no line without end', async () => {
    const large = { data: 'x'.repeat(3 * 2 ** 20) };
    expect(await itemsOf([Buffer.from(`${JSON.stringify(large)}\n`)])).toEqual([large]);
    await expect(collect(Readable.from(endless()))).rejects.toThrow(TooLarge);
  });
});

describe('a body', () => {
  it('is read to its end', async () => {
    expect(
      await readText(
        Readable.from([Buffer.from('hé').subarray(0, 2), Buffer.from('é').subarray(1)]),
      ),
    ).toBe('hé');
  });

  it('is not read without end', async () => {
    await expect(readText(Readable.from(endless()))).rejects.toThrow(TooLarge);
  });

  it('that is not JSON is not quoted', () => {
    expect(() => parseJson('token: abc')).toThrow('the answer is not JSON');
    expect(parseJson('{"a":1}')).toEqual({ a: 1 });
  });
});
