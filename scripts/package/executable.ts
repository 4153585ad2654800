import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { buildOneFile } from './bundle.ts';
import { readProject } from './project.ts';

/** What is in the archive. No link: krew unpacks none. */
const CONTENT = ['rehup', 'LICENSE', 'THIRD-PARTY-NOTICES', 'LICENSE-node'];

/** `linux-x64`; Node's words, as in the archives of nodejs.org. */
export function platformHere(): string {
  return `${process.platform}-${process.arch}`;
}

/**
 * One program with Node in it, for machines that have none, in an archive with the licences of both. It is for the
 * platform on which it is made: V8 keeps the compiled code in it.
 *
 * @returns The archive.
 */
export async function makeExecutable(into: string, work: string): Promise<string> {
  const folder = join(work, 'executable');
  mkdirSync(folder, { recursive: true });
  await buildOneFile(folder);
  copyFileSync(findLicence(), join(folder, 'LICENSE-node'));
  const node = join(work, 'node');
  copyFileSync(process.execPath, node);
  // Before the code gets in: it would not be found again afterwards.
  if (process.platform === 'linux') await execa('strip', ['--strip-all', node]);
  const settings = {
    main: join(folder, 'rehup.cjs'),
    output: join(folder, 'rehup'),
    executable: node,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
  };
  const file = join(work, 'sea.json');
  writeFileSync(file, JSON.stringify(settings));
  await execa(process.execPath, ['--build-sea', file]);
  if (process.platform === 'darwin') await execa('codesign', ['--sign', '-', settings.output]);
  mkdirSync(into, { recursive: true });
  const { name, version } = readProject();
  return await archive(folder, join(into, `${name}-${version}-${platformHere()}.tar.gz`));
}

/** In the archive of nodejs.org above the program, in the package of npm beside it. */
function findLicence(): string {
  const above = join(dirname(process.execPath), '..');
  const packaged = `node_modules/node-${process.platform === 'darwin' ? 'bin-' : ''}${platformHere()}`;
  const places = [above, join(above, packaged)].map((place) => join(place, 'LICENSE'));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`Node's licence is in none of ${places.join(', ')}`);
  return found;
}

/** The same bytes for the same files: no time and no owner of this machine. */
async function archive(folder: string, file: string): Promise<string> {
  for (const name of CONTENT) utimesSync(join(folder, name), 0, 0);
  const owner =
    process.platform === 'darwin'
      ? ['--uid', '0', '--gid', '0', '--uname', '', '--gname', '']
      : ['--owner=0', '--group=0', '--numeric-owner'];
  const tar = join(folder, 'all.tar');
  await execa('tar', ['-cf', tar, ...owner, '-C', folder, ...CONTENT]);
  await pipeline(createReadStream(tar), createGzip({ level: 9 }), createWriteStream(file));
  return file;
}
