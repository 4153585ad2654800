import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CannotLook, createProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { createProcTree } from '../../../support/proc-tree.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** The system has nothing left for whoever opens a file with this name. */
function refuse(name: string, code: string): void {
  const { openSync } = fs;
  vi.spyOn(fs, 'openSync').mockImplementation((path, ...more) => {
    if (String(path).endsWith(`/${name}`)) throw Object.assign(new Error(code), { code });
    return openSync(path, ...more);
  });
  syncBuiltinESMExports();
}

describe('a process table without file descriptors or memory', () => {
  it.each(['EMFILE', 'ENFILE', 'ENOMEM'])(
    'tells nothing about who is running: %s',
    async (code) => {
      await using proc = await createProcTree();
      proc.write(30, { comm: 'nginx' });
      const table = createProcessTable(proc.root);
      refuse('stat', code);
      expect(() => table.list()).toThrow(CannotLook);
      expect(() => table.read(30)).toThrow(CannotLook);
      expect(() => table.stat(30)).toThrow(CannotLook);
    },
  );

  it.each(['ENOENT', 'ESRCH', 'EACCES'])(
    'is something else than a process that ends: %s',
    async (code) => {
      await using proc = await createProcTree();
      proc.write(30, { comm: 'nginx' });
      refuse('stat', code);
      const table = createProcessTable(proc.root);
      expect(table.list()).toEqual([]);
      expect(table.stat(30)).toBeUndefined();
    },
  );
});
