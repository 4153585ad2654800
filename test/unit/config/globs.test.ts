import { describe, expect, it } from 'vitest';
import { createCounts, type GlobInput } from '../../../src/config/globs.ts';

const KEYS = ['.env', 'app.yaml', 'conf.d/a.yaml', 'conf.d/.hidden/b.txt', 'tls.crt'];

/** Which of the keys count. */
async function counted(globs: Partial<GlobInput>, mount = '/etc/app'): Promise<string[]> {
  const counts = await createCounts({ include: undefined, exclude: undefined, ...globs });
  return KEYS.filter((key) => counts(mount, key));
}

describe('the keys that count', () => {
  it.each<{ globs: Partial<GlobInput>; keys: string[] }>([
    { globs: {}, keys: KEYS },
    { globs: { include: [] }, keys: [] },
    { globs: { include: ['*'] }, keys: ['.env', 'app.yaml', 'tls.crt'] },
    { globs: { include: ['**'] }, keys: KEYS },
    { globs: { include: ['.env'] }, keys: ['.env'] },
    { globs: { include: ['**/*.yaml'] }, keys: ['app.yaml', 'conf.d/a.yaml'] },
    { globs: { include: ['conf.d/**'] }, keys: ['conf.d/a.yaml', 'conf.d/.hidden/b.txt'] },
    { globs: { include: ['*.{yaml,crt}'] }, keys: ['app.yaml', 'tls.crt'] },
    { globs: { exclude: ['.*'] }, keys: KEYS.slice(1) },
    { globs: { exclude: ['**'] }, keys: [] },
    { globs: { include: ['**/*.yaml'], exclude: ['conf.d/**'] }, keys: ['app.yaml'] },
    { globs: { include: ['nothing'], exclude: ['nothing'] }, keys: [] },
    { globs: { include: ['/etc/app/*.yaml'] }, keys: ['app.yaml'] },
    { globs: { include: ['/etc/*/conf.d/**'] }, keys: ['conf.d/a.yaml', 'conf.d/.hidden/b.txt'] },
    { globs: { include: ['/etc/tls/**'] }, keys: [] },
    { globs: { include: ['etc/app/*.yaml'] }, keys: [] },
  ])('are $keys for $globs', async ({ globs, keys }) => {
    expect(await counted(globs)).toEqual(keys);
  });

  it('are told by the mount where a glob begins with a slash', async () => {
    expect(await counted({ exclude: ['/etc/tls/**'] }, '/etc/tls')).toEqual([]);
    expect(await counted({ exclude: ['/etc/tls/**'] }, '/etc/app')).toEqual(KEYS);
  });
});
