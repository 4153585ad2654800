// What a release publishes beside the image, into a folder: node scripts/package.ts FOLDER npm executable krew
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeExecutable } from './package/executable.ts';
import { writeKrew } from './package/krew.ts';
import { packNpm } from './package/npm.ts';

const makers: Readonly<Record<string, (into: string, work: string) => string | Promise<string>>> = {
  npm: packNpm,
  executable: makeExecutable,
  krew: writeKrew,
};

const [into, ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !(name in makers));
if (into === undefined || names.length === 0 || unknown.length > 0) {
  console.error(`usage: node scripts/package.ts FOLDER ${Object.keys(makers).join(' | ')} …`);
  process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), 'rehup-package-'));
try {
  for (const name of names) console.log(await makers[name]?.(into, work));
} finally {
  rmSync(work, { recursive: true });
}
