import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildBundle } from './bundle.ts';
import { readProject } from './project.ts';

const root = join(import.meta.dirname, '../..');

/**
 * The package for npm, in a folder of its own: the bundle has all that it needs in it, so whoever installs it gets no
 * other package. package.json of this repository is private, for what it lists is what the bundle is made of.
 */
async function stageNpm(folder: string): Promise<void> {
  const dist = join(folder, 'dist');
  mkdirSync(folder, { recursive: true });
  await buildBundle(dist);
  chmodSync(join(dist, 'rehup.cjs'), 0o755);
  copyFileSync(join(root, 'README.md'), join(folder, 'README.md'));
  // npm packs every file of these names, wherever it is.
  for (const name of ['LICENSE', 'THIRD-PARTY-NOTICES'])
    renameSync(join(dist, name), join(folder, name));
  const { name, version, description, keywords, homepage, bugs, repository, license, engines } =
    readProject();
  const command = 'dist/rehup.cjs';
  const manifest = {
    name,
    version,
    description,
    keywords,
    homepage,
    bugs,
    repository,
    license,
    // The second makes `kubectl rehup` of it.
    bin: { rehup: command, 'kubectl-rehup': command },
    files: ['dist/*.cjs', 'LICENSE', 'THIRD-PARTY-NOTICES'],
    engines,
    publishConfig: { access: 'public', provenance: true },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @returns The file that `npm publish` takes. */
export async function packNpm(into: string, work: string): Promise<string> {
  const folder = join(work, 'npm');
  await stageNpm(folder);
  mkdirSync(into, { recursive: true });
  await execa('npm', ['pack', '--silent', folder, '--pack-destination', into]);
  const { name, version } = readProject();
  const file = `${name}-${version}.tgz`;
  if (!readdirSync(into).includes(file)) throw new Error(`npm pack made no ${file}`);
  return join(into, file);
}
