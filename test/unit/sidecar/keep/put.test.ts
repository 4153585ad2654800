import { describe, expect, it } from 'vitest';
import { newestOf, putKept } from '../../../../src/sidecar/keep/put.ts';
import type { Slot, Store } from '../../../../src/sidecar/keep/store.ts';
import type { Kept } from '../../../../src/sidecar/publish/kept.ts';
import { buildKept } from '../../../support/kept-builder.ts';

const { signal: never } = new AbortController();
const NAMES = ['a', 'b'];

interface Cluster {
  readonly store: Store;
  readonly texts: () => Readonly<Record<string, string>>;
  /** There was a moment without anything. */
  readonly wasEmpty: () => boolean;
  readonly writes: () => number;
}

async function step<Result>(work: () => Result): Promise<Result> {
  await Promise.resolve();
  return work();
}

/** Two names, and everybody who asks waits for his turn at each step. */
function createCluster(): Cluster {
  const objects = new Map<string, { uid: string; kept: Kept }>();
  let uids = 0;
  let writes = 0;
  let empty = false;
  const store: Store = {
    describe: ({ name }) => `ConfigMap/${name}`,
    read: async () =>
      await step(() =>
        NAMES.map((name): Slot => {
          const object = objects.get(name);
          const found = object && { is: 'kept' as const, kept: object.kept, isOwned: true };
          return { name, uid: object?.uid, found };
        }),
      ),
    create: async (name, kept) =>
      await step(() => {
        if (objects.has(name)) return false;
        uids += 1;
        writes += 1;
        objects.set(name, { uid: String(uids), kept });
        return true;
      }),
    drop: async ({ name, uid }) =>
      await step(() => {
        const object = objects.get(name);
        if (uid === undefined || object === undefined) return true;
        if (object.uid !== uid) return false;
        objects.delete(name);
        if (objects.size === 0) empty = true;
        return true;
      }),
  };
  return {
    store,
    texts: () =>
      Object.fromEntries(
        [...objects].map(([name, { kept }]) => [name, String(kept.files[0]?.bytes)]),
      ),
    wasEmpty: () => empty,
    writes: () => writes,
  };
}

const contentOf = (text: string): Kept => buildKept({ 'app.json': text });

describe('keeping content', () => {
  it('writes it under the name that is free, and takes the older one away then', async () => {
    const { store, texts, wasEmpty } = createCluster();
    await putKept(store, contentOf('one'), never);
    expect(texts()).toEqual({ a: 'one' });
    await putKept(store, contentOf('two'), never);
    expect(texts()).toEqual({ b: 'two' });
    await putKept(store, contentOf('three'), never);
    expect(texts()).toEqual({ a: 'three' });
    expect(wasEmpty()).toBe(false);
  });

  it('does nothing where it is kept already', async () => {
    const { store, writes } = createCluster();
    await putKept(store, contentOf('one'), never);
    expect(await putKept(store, contentOf('one'), never)).toMatchObject({ isNew: false });
    expect(writes()).toBe(1);
  });

  it('is done once, by whoever is first, where all pods come at once', async () => {
    const { store, texts, writes, wasEmpty } = createCluster();
    await putKept(store, contentOf('one'), never);
    const pods = Array.from(
      { length: 50 },
      async () => await putKept(store, contentOf('two'), never),
    );
    const done = await Promise.all(pods);
    expect(done.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(texts()).toEqual({ b: 'two' });
    expect(writes()).toBe(2);
    expect(wasEmpty()).toBe(false);
  });

  it('leaves one of two contents that come at once, and never none', async () => {
    const { store, texts, wasEmpty } = createCluster();
    await putKept(store, contentOf('one'), never);
    await Promise.all([
      putKept(store, contentOf('two'), never),
      putKept(store, contentOf('three'), never),
    ]);
    const left = Object.values(texts());
    expect(left).toHaveLength(1);
    expect(['two', 'three']).toEqual(expect.arrayContaining(left));
    expect(wasEmpty()).toBe(false);
  });

  it('goes on where a pod died in the middle of it: the newer of two counts', async () => {
    const { store, texts } = createCluster();
    await store.create('a', { ...contentOf('old'), turn: 1 }, never);
    await store.create('b', { ...contentOf('new'), turn: 2 }, never);
    expect(newestOf(await store.read(never))?.name).toBe('b');
    await putKept(store, contentOf('newer'), never);
    expect(texts()).toEqual({ a: 'newer' });
  });
});
