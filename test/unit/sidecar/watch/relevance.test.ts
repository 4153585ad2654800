import { describe, expect, it } from 'vitest';
import { isRelevant } from '../../../../src/sidecar/watch/relevance.ts';
import type { Version } from '../../../../src/sidecar/watch/version.ts';

const TS = '..2026_01_02_03_04_05.123456789';
const settled: Version = {
  kind: 'kubelet',
  version: 'v',
  contents: '',
  complete: true,
  inPlace: false,
};
const underWay: Version = { ...settled, complete: false };
const directory: Version = { ...settled, kind: 'directory', complete: false, inPlace: true };

describe('an event', () => {
  it.for([
    ['the swap', '..data', settled, true],
    ['the preparation of the swap', '..data_tmp', settled, false],
    ['the directory of the next generation', TS, settled, false],
    ['the removal of the directory before', TS, underWay, true],
    ['a key that appears or goes', 'app.conf', settled, true],
    ['a name that only looks like one of the kubelet', '..2026', settled, true],
    ['the root itself', 'root', settled, true],
    ['something without a name', null, settled, true],
    ['any name in a plain directory', '..data_tmp', directory, true],
  ] as const)('of %s', ([, name, seen, relevant]) => {
    expect(isRelevant({ root: { path: '/mnt/root' }, name }, seen)).toBe(relevant);
  });

  it.for([
    ['current', true],
    ['other', false],
    ['releases', true],
  ] as const)('in the directory above matters for one entry alone: %s', ([name, relevant]) => {
    const root = { path: '/mnt/releases', entry: 'current' };
    expect(isRelevant({ root, name }, { ...directory, kind: 'link' })).toBe(relevant);
  });
});
