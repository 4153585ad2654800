import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPublisher, type Publisher } from '../../../../src/sidecar/publish/publisher.ts';
import { systemClock } from '../../../../src/system/clock.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const STATE = '..rehup.json';

function open(root: string): Publisher {
  return openPublisher(root, systemClock, () => 'links');
}

async function publish(publisher: Publisher, hash: string): Promise<void> {
  const name = await publisher.stage([{ path: 'app.conf', content: Buffer.from(hash) }]);
  publisher.flip(name, { hash, mounts: {} });
}

function read(root: string): string {
  return readFileSync(join(root, 'app.conf'), 'utf8');
}

/** As it is after the machine was switched off and on: what was not on the disk yet may be anything. */
function switchOff(root: string): void {
  const path = join(root, STATE);
  const before = readFileSync(path, 'utf8');
  const after = before.replaceAll(/"boot":"[^"]*"/g, '"boot":"another-one"');
  writeFileSync(path, after);
}

describe('after the machine was switched off', () => {
  it('what was not on the disk yet is not trusted, and the last good content is shown', async () => {
    await using dir = await createTempDir();
    const publisher = open(dir.path);
    await publish(publisher, 'good');
    await publisher.prove();
    await publish(publisher, 'new');
    switchOff(dir.path);
    const next = open(dir.path);
    expect(read(dir.path)).toBe('good');
    expect(next.shown()).toMatchObject({ hash: 'good', proved: true });
    // It was no fault of the content.
    expect(next.refused()).toBeUndefined();
    await publish(next, 'new');
    await next.prove();
    expect(read(dir.path)).toBe('new');
  });

  it('nothing is shown where there is nothing else, until it is published anew', async () => {
    await using dir = await createTempDir();
    await publish(open(dir.path), 'first');
    switchOff(dir.path);
    const next = open(dir.path);
    expect(next.shown()).toBeUndefined();
    expect(readdirSync(dir.path).filter((name) => !name.startsWith('..'))).toEqual([]);
    await publish(next, 'first');
    expect(read(dir.path)).toBe('first');
  });

  it('what is proved is on the disk, and stays', async () => {
    await using dir = await createTempDir();
    const publisher = open(dir.path);
    await publish(publisher, 'good');
    await publisher.prove();
    switchOff(dir.path);
    expect(readFileSync(join(dir.path, STATE), 'utf8')).not.toContain('another-one');
    expect(open(dir.path).shown()).toMatchObject({ hash: 'good' });
    expect(read(dir.path)).toBe('good');
  });

  it('a restart of rehup alone changes nothing', async () => {
    await using dir = await createTempDir();
    await publish(open(dir.path), 'first');
    expect(open(dir.path).shown()).toMatchObject({ hash: 'first', proved: false });
    expect(read(dir.path)).toBe('first');
  });
});
