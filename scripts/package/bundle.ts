import { join } from 'node:path';
import { build, type OutputOptions, type RolldownOutput } from 'rolldown';
import config from '../../rolldown.config.ts';

const root = join(import.meta.dirname, '../..');

type Built = RolldownOutput['output'];

/** The bundle, as `npm run build` makes it, in another folder. */
export async function buildBundle(dir: string): Promise<Built> {
  return await write({ dir });
}

/** The same in one file, for what has no files beside it. */
export async function buildOneFile(dir: string): Promise<Built> {
  return await write({ dir, codeSplitting: false });
}

async function write(changes: OutputOptions): Promise<Built> {
  const output = { ...outputOf(config), ...changes };
  return (await build({ ...config, cwd: root, output, logLevel: 'silent' })).output;
}

/** The project's configuration has one output. */
function outputOf({ output }: typeof config): OutputOptions {
  return Array.isArray(output) ? (output[0] ?? {}) : (output ?? {});
}
