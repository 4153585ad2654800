import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import type { Payload } from '../../support/kubelet-volume.ts';
import { recordWatchEvents } from '../../support/watch-recorder.ts';
import type { WatchEvent, WatchRecorder } from '../../support/watch-recorder.ts';
import { hex, readData, tsDirs, visibleLinks } from './volume-view.ts';

const KEYS: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe.each([
  { what: 'links', record: recordLinkOrder },
  { what: 'files', record: recordFileOrder },
])('the random order of $what', ({ record }) => {
  it('is the same for the same seed, whatever the order of the payload', async () => {
    const order = await record(1, KEYS);
    expect(await record(1, KEYS)).toEqual(order);
    expect(await record(1, KEYS.toReversed())).toEqual(order);
    expect(order.toSorted()).toEqual(KEYS);
  });

  it('differs between seeds', async () => {
    const orders = await Promise.all([1, 2, 3].map((seed) => record(seed, KEYS)));
    expect(new Set(orders.map(String)).size).toBe(3);
  });
});

describe('any sequence of writes', () => {
  // No path is a file in one payload and a directory in another: `items` cannot change in a pod.
  const paths = ['a', 'b', 'c.d', 'dir/x', 'dir/y', 'dir/deep/z', 'other/w'];
  const content = fc.uint8Array({ maxLength: 4 });
  const payloads = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...paths), content), { selector: ([path]) => path })
    .map((entries): Payload => Object.fromEntries(entries));

  it('shows exactly the last payload below ..data, and links to its first components', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('G0' as const, 'G2' as const, 'G3' as const),
        fc.integer(),
        fc.array(payloads, { minLength: 1, maxLength: 6 }),
        async (generation, seed, writes) => {
          await using volume = await createKubeletVolume({ generation, seed });
          for (const payload of writes) {
            await volume.write(payload);
            expect(readData(volume.root)).toEqual(filesOf(payload));
            expect(visibleLinks(volume.root)).toEqual(linksOf(payload));
            expect(tsDirs(volume.root)).toHaveLength(1);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

function filesOf(payload: Payload): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([path, bytes]) => [path, hex(bytes)]));
}

function linksOf(payload: Payload): Record<string, string> {
  const names = Object.keys(payload).map((path) => path.split('/', 1)[0] ?? path);
  return Object.fromEntries(names.map((name) => [name, `..data/${name}`]));
}

async function recordLinkOrder(seed: number, keys: readonly string[]): Promise<string[]> {
  await using volume = await createKubeletVolume({ seed });
  using recorder = recordWatchEvents(volume.root);
  await volume.write(makePayload(keys));
  return await untilAllAppeared(recorder, keys);
}

/** Files are made inside the new timestamped directory, where a watch on the root sees nothing. */
async function recordFileOrder(seed: number, keys: readonly string[]): Promise<string[]> {
  await using volume = await createKubeletVolume({ seed });
  let order: string[] = [];
  let recorder: WatchRecorder | undefined;
  await volume.write(makePayload(keys), {
    between: async (step) => {
      const [newDir = ''] = tsDirs(volume.root);
      if (step === 'make-ts-dir') recorder = recordWatchEvents(join(volume.root, newDir));
      if (step === 'write-files' && recorder) order = await untilAllAppeared(recorder, keys);
    },
  });
  recorder?.[Symbol.dispose]();
  return order;
}

function makePayload(keys: readonly string[]): Payload {
  return Object.fromEntries(keys.map((key) => [key, '1']));
}

/** The keys in the order of their creation; all that follows it is about the same file. */
async function untilAllAppeared(
  recorder: WatchRecorder,
  keys: readonly string[],
): Promise<string[]> {
  const namesOf = (events: readonly WatchEvent[]): string[] => {
    const names = events.map(([, name]) => name);
    return [...new Set(names)].filter((name) => keys.includes(name));
  };
  return namesOf(await recorder.until((seen) => namesOf(seen).length === keys.length));
}
