import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume, type KubeletVolume } from '../../../support/kubelet-volume.ts';
import { type Rehup, startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

type Files = Readonly<Record<string, string>>;

interface Scene extends AsyncDisposable {
  readonly volumes: readonly KubeletVolume[];
  readonly rehup: Rehup;
  /** What an app sees: path → content. */
  readonly files: () => Files;
  readonly shows: (files: Files) => Promise<void>;
}

/** Several volumes in this order, and an app that watches by itself, of which nothing is to be seen. */
async function setUp(payloads: readonly Files[], merge?: string): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const volumes: KubeletVolume[] = [];
  for (const payload of payloads) {
    const volume = stack.use(await createKubeletVolume());
    await volume.write(payload);
    volumes.push(volume);
  }
  const dir = stack.use(await createTempDir());
  const published = join(dir.path, 'published');
  const rehup = stack.use(
    await startRehup({
      env: {
        REHUP_ACTION: 'none',
        REHUP_TARGET: 'name:nobody-has-this-name',
        REHUP_WATCH: volumes.map(({ root }) => root).join(','),
        REHUP_PUBLISH: published,
        ...(merge !== undefined && { REHUP_MERGE: merge }),
      },
    }),
  );
  const files = (): Files => readBelow(published, '');
  const owned = stack.move();
  return {
    volumes,
    rehup,
    files,
    shows: async (wanted) => {
      await waitFor(`the files ${JSON.stringify(wanted)}`, () => isSame(files(), wanted));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Links are followed, and names with two dots in front are not for apps. */
function readBelow(root: string, prefix: string): Files {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, prefix)).filter((one) => !one.startsWith('..'))) {
    const path = join(prefix, name);
    try {
      found[path] = readFileSync(join(root, path), 'utf8');
    } catch {
      Object.assign(found, readBelow(root, path));
    }
  }
  return found;
}

function isSame(one: Files, other: Files): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

async function write({ volumes }: Scene, index: number, payload: Files): Promise<void> {
  await volumes[index]?.write(payload);
}

describe('several mounts in one published directory', () => {
  it('are held where two have the same key, and published once only one has it', async () => {
    await using scene = await setUp([{ a: '1', b: '1' }, { c: '2' }, { d: '3' }]);
    const [first, , third] = scene.volumes.map(({ root }) => root);
    await scene.shows({ a: '1', b: '1', c: '2', d: '3' });
    await write(scene, 2, { b: '3' });
    const held = await scene.rehup.line({ msg: 'held' });
    expect(held.reason).toBe(
      `the key b is in ${first} and in ${third}, and only one can be published`,
    );
    expect(held.remedy).toContain('REHUP_MERGE=later');
    expect(scene.files()).toEqual({ a: '1', b: '1', c: '2', d: '3' });
    await write(scene, 0, { a: 'one' });
    await scene.shows({ a: 'one', b: '3', c: '2' });
  });

  it('are held at the first start, too, and nothing is published', async () => {
    await using scene = await setUp([{ a: '1' }, { a: '1' }], 'strict');
    await scene.rehup.line({ msg: 'held' });
    expect(scene.files()).toEqual({});
    await write(scene, 1, { b: '2' });
    await scene.shows({ a: '1', b: '2' });
  });

  it('are held where one has a folder in the place of the file of another', async () => {
    await using scene = await setUp([{ conf: '1' }, { x: '2' }]);
    const [first, second] = scene.volumes.map(({ root }) => root);
    await scene.shows({ conf: '1', x: '2' });
    await write(scene, 1, { 'conf/app': '2' });
    const held = await scene.rehup.line({ msg: 'held' });
    expect(held.reason).toContain(`conf is a file in ${first} and a folder in ${second}, and only`);
    await write(scene, 0, { other: '1' });
    await scene.shows({ 'conf/app': '2', other: '1' });
  });

  it('have the key of the later one by choice, and that of the earlier when it goes', async () => {
    const first = { a: '1', b: '1', 'conf/app': '1' };
    await using scene = await setUp([first, { b: '2', c: '2' }, { b: '3' }], 'later');
    await scene.shows({ a: '1', b: '3', c: '2', 'conf/app': '1' });
    // What is hidden makes no difference, and neither does its change.
    await write(scene, 1, { b: 'hidden', c: 'two' });
    await scene.shows({ a: '1', b: '3', c: 'two', 'conf/app': '1' });
    await write(scene, 2, { d: '3' });
    await scene.shows({ a: '1', b: 'hidden', c: 'two', d: '3', 'conf/app': '1' });
    await write(scene, 1, { conf: 'a file' });
    await scene.shows({ a: '1', b: '1', conf: 'a file', d: '3' });
    await write(scene, 1, { e: '2' });
    await scene.shows({ ...first, d: '3', e: '2' });
    expect(scene.rehup.all({ msg: 'held' })).toEqual([]);
  });
});
