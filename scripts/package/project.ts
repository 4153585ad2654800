import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What of package.json concerns those who use rehup. */
export type Project = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly homepage: string;
  readonly bugs: string;
  readonly repository: object;
  readonly license: string;
  readonly engines: { readonly node: string };
};

export function readProject(): Project {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Project;
}
