import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, expect, it, vi } from 'vitest';
import { createSnapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { openMemory } from '../../../../src/sidecar/state/file.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

it('the state is on the disk before it takes the place of the one before', async () => {
  await using folder = await createTempDir();
  const calls: string[] = [];
  for (const name of ['writeSync', 'fsyncSync', 'renameSync'] as const) {
    const original = fs[name] as (...args: readonly unknown[]) => number;
    vi.spyOn(fs, name).mockImplementation((...args: readonly unknown[]) => {
      calls.push(name);
      return original(...args);
    });
  }
  syncBuiltinESMExports();
  const memory = openMemory(folder.path, ({ reason }) => calls.push(reason));
  memory.remember('web', new Map([['/etc/app', createSnapshot(new Map(), 0)]]), []);
  expect(calls).toEqual(['writeSync', 'fsyncSync', 'renameSync']);
});
