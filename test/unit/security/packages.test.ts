// What is installed, here and for the image, is what was looked at when it was locked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Package {
  readonly integrity?: string;
  readonly resolved?: string;
}

const file = join(import.meta.dirname, '../../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
  packages: Readonly<Record<string, Package>>;
};

describe('the packages that are installed', () => {
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('are all locked by a hash of their content', () => {
    expect(installed.length).toBeGreaterThan(100);
    const loose = installed.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('come from the registry, and from nowhere else', () => {
    const elsewhere = installed.filter(
      ([, { resolved = 'https://registry.npmjs.org/' }]) =>
        !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});
