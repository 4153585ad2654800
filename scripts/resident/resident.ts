import type { BundledModule } from '../../test/support/bundle.ts';
import { startDaemon } from '../../test/support/bundled-daemon.ts';
import { createKubeletVolume } from '../../test/support/kubelet-volume.ts';
import { programCommand, startProgram, uniqueName } from '../../test/support/start-program.ts';
import { createTempDir } from '../../test/support/temp-dir.ts';
import { waitFor } from '../../test/support/wait-for.ts';

/** What a sidecar at rest holds in memory: modules of the bundle, and public modules of Node. */
export type Resident = { modules: readonly BundledModule[]; builtins: readonly string[] };

/**
 * Runs the bundle as the image does, with the defaults but for the port and what the absence of a pod
 * asks for, until it has reloaded once, and `isComplete` holds for what it has loaded.
 */
export async function measureResident(
  isComplete: (resident: Resident) => boolean,
): Promise<Resident> {
  await using dir = await createTempDir('resident-');
  await using volume = await createKubeletVolume();
  await volume.write({ 'app.conf': 'one' });
  const name = uniqueName();
  await using app = await startProgram(programCommand('handler', name, `${volume.root}/app.conf`));
  await using daemon = await startDaemon({
    dir: dir.path,
    env: {
      REHUP_WATCH: volume.root,
      REHUP_TARGET: `name:${name}`,
      REHUP_LISTEN: '127.0.0.1:0',
    },
  });
  await daemon.process.line(/"msg":"watching"/);
  await volume.write({ 'app.conf': 'two' });
  await app.line('reloaded two');
  await daemon.process.line(/"msg":"reloaded"/);
  let resident: Resident = { modules: [], builtins: [] };
  try {
    await waitFor('all that is loaded on demand', async () => {
      const { files, builtins } = await daemon.loaded();
      const modules = files.flatMap((file) => daemon.modules.get(file) ?? []);
      resident = { modules: modules.toSorted(byPath), builtins: builtins.flatMap(toPublic) };
      return isComplete(resident);
    });
  } catch {
    // Whoever asked sees what there is instead.
  }
  await daemon.stop();
  return resident;
}

function byPath(one: BundledModule, other: BundledModule): number {
  return one.path < other.path ? -1 : 1;
}

function toPublic(name: string): string[] {
  const [, id = ''] = /^NativeModule (.*)$/.exec(name) ?? [];
  return id === '' || id.startsWith('internal/') ? [] : [`node:${id}`];
}
