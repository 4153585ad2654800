// What is shipped may be shipped, and says under what.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Readonly<Record<string, { license?: string }>>;
};

/** Those that go with Apache-2.0, in what is shipped and in what it is built with. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** What a family of licences that do not go with it is called by, in any version. */
const DENIED = ['AGPL-3.0', 'GPL-2.0', 'GPL-3.0', 'LGPL-2.1', 'LGPL-3.0', 'SSPL-1.0', 'BUSL-1.1'];

const partsOf = (expression: string): string[] =>
  expression.replaceAll(/[()]/g, '').split(/ (?:AND|OR) /);

describe('the packages of the lock file', () => {
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('have licences that go with Apache-2.0', () => {
    const others = installed.filter(
      ([, { license = 'none' }]) => !partsOf(license).every((one) => ALLOWED.has(one)),
    );
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});

describe('the review of dependencies', () => {
  const { jobs } = parse(read('.github/workflows/dependency-review.yml')) as {
    jobs: { review: { steps: { with?: Record<string, string> }[] } };
  };
  const [denied = ''] = jobs.review.steps.flatMap((step) => step.with?.['deny-licenses'] ?? []);
  const names = denied.split(/,\s*/);

  it.each(DENIED)('refuses %s', (family) => {
    expect(names.filter((name) => name.startsWith(family))).not.toEqual([]);
  });

  it('refuses none that is there', () => {
    expect(names.filter((name) => ALLOWED.has(name))).toEqual([]);
  });
});

describe('the label of the image', () => {
  const [, label = ''] =
    /org\.opencontainers\.image\.licenses="([^"]*)"/.exec(read('Dockerfile')) ?? [];

  it('is an SPDX expression', () => {
    expect(label).toMatch(/^[A-Z][\w.-]+(?: (?:AND|WITH) [A-Z][\w.-]+)*$/i);
    expect(partsOf(label)).toEqual(partsOf(label).toSorted());
  });

  it('names what Node is made of, and the libraries of the base image', () => {
    // OpenSSL, V8, ICU, zlib; glibc, libgcc, the certificates.
    const held = ['Apache-2.0', 'BSD-3-Clause', 'Unicode-3.0', 'Zlib', 'LGPL-2.1-or-later'];
    expect(partsOf(label)).toEqual(
      expect.arrayContaining([...held, 'GPL-3.0-or-later WITH GCC-exception-3.1', 'MPL-2.0']),
    );
  });
});
