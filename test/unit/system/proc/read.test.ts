import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProcFile } from '../../../../src/system/proc/read.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const KIB = 1024;

describe('a file of /proc', () => {
  it.each([0, 1, 4 * KIB, 20 * KIB, 256 * KIB])('is read whole with %i bytes', async (length) => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'cmdline');
    writeFileSync(path, 'x'.repeat(length));
    expect(readProcFile(path)).toHaveLength(length);
  });

  it('is cut where it is longer than anybody needs it', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'cmdline');
    writeFileSync(path, 'x'.repeat(1024 * KIB));
    expect(readProcFile(path)).toHaveLength(256 * KIB);
  });

  it('of the system itself tells no size, and is read all the same', () => {
    expect(readProcFile('/proc/self/stat')).toContain(`${process.pid} (`);
    expect(readProcFile('/proc/self/mountinfo')).toMatch(/\n$/);
  });
});
