// The licence texts that have to go where the bundle goes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

/** A package with code in the bundle. */
type Package = { name: string; version: string; license: string; texts: readonly string[] };

const HEADER = `rehup is licensed under the Apache License 2.0: see LICENSE beside this file.
In the same files is code of the packages below, under the licences that follow each name.
`;

/** Puts LICENSE and THIRD-PARTY-NOTICES beside the bundle: of every package that it has code of. */
export function notices(): Plugin {
  return {
    name: 'notices',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? Object.keys(file.modules) : [],
      );
      const folders = new Set(modules.flatMap((id) => folderOf(id) ?? []));
      const packages = [...folders]
        .map(readPackage)
        .toSorted((one, other) =>
          compare(`${one.name} ${one.version}`, `${other.name} ${other.version}`),
        );
      const source = `${HEADER}${packages.map(formatPackage).join('')}`;
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES', source });
      const license = readFileSync(join(import.meta.dirname, '../LICENSE'), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'LICENSE', source: license });
    },
  };
}

/** The folder of the package that a module belongs to; `undefined` for our own. */
function folderOf(id: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
}

const TEXT = /^(?:un)?licen[cs]e|^copying|^notice/i;

/** @throws Where a package has no text: somebody has to look. */
function readPackage(folder: string): Package {
  const file = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version, license } = JSON.parse(file) as Omit<Package, 'texts'>;
  const names = readdirSync(folder).filter((one) => TEXT.test(one));
  if (names.length === 0) throw new Error(`${name} has no licence text: ${folder}`);
  const texts = names.toSorted(compare).map((one) => readFileSync(join(folder, one), 'utf8'));
  return { name, version, license, texts };
}

function formatPackage({ name, version, license, texts }: Package): string {
  const body = texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return `\n${'='.repeat(80)}\n${name} ${version} (${license})\n\n${body}\n`;
}

/** The same on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
