import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBundle } from './bundle.ts';
import { BUILT } from './start-rehup.ts';

/** Below the project, and not in `/tmp`: a test may hide that from the rehup that it starts. */
const PLACE = join(import.meta.dirname, '../../node_modules/.cache');

/**
 * Builds rehup once for all tests of a run, as it is shipped: from its sources, each process would read
 * and strip some hundred modules anew, which takes six times as long as all else that it does.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env[BUILT] !== undefined) return async () => {};
  await mkdir(PLACE, { recursive: true });
  const dir = await mkdtemp(join(PLACE, 'rehup-'));
  // Others run it, too.
  await chmod(dir, 0o755);
  await buildBundle(dir);
  process.env[BUILT] = join(dir, 'rehup.cjs');
  return async () => {
    delete process.env[BUILT];
    await rm(dir, { recursive: true, force: true });
  };
}
