import { describe, expect, it } from 'vitest';
import { parseCanary } from '../../../src/config/canary.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/system/errors.ts';

function problemsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    loadConfig({ flags: {}, env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ option, reason }) => `${option} ${reason}`);
  }
}

const GOOD = { REHUP_PUBLISH: '/published', REHUP_CANARY: '/etc/next' };

describe('REHUP_CANARY', () => {
  it('is a directory, or an object of the API', () => {
    expect(parseCanary(' /etc/next/ ')).toEqual({ path: '/etc/next' });
    expect(parseCanary('configmap/web-next')).toMatchObject({
      source: { kind: 'ConfigMap', select: { name: 'web-next' } },
    });
  });

  it.each([
    ['/', 'is the root of all directories'],
    ['next', 'write the directory'],
    ['configmap?label=a=b', 'write the directory'],
    ['configmap/a,configmap/b', 'names several objects'],
    ['configmap/', 'names no object'],
  ])('is refused as %s', (raw, reason) => {
    expect(() => parseCanary(raw)).toThrow(reason);
  });

  it('goes with publishing, from mounts or from the API', () => {
    expect(problemsOf(GOOD)).toEqual([]);
    expect(problemsOf({ ...GOOD, REHUP_WATCH: '/etc/stable' })).toEqual([]);
    const api = { REHUP_SOURCE: 'configmap/web', REHUP_CANARY: 'configmap/web-next' };
    expect(problemsOf({ ...GOOD, ...api })).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['no place to publish to', { REHUP_PUBLISH: '' }, 'REHUP_CANARY needs REHUP_PUBLISH'],
    [
      'what is kept beyond the pod',
      { REHUP_KEEP: 'api' },
      'REHUP_KEEP and REHUP_CANARY are at odds',
    ],
    ['a wave', { REHUP_WAVE: '1' }, 'REHUP_CANARY and REHUP_WAVE both decide'],
    [
      'a stable source of the API',
      { REHUP_SOURCE: 'configmap/web' },
      'REHUP_CANARY is a directory',
    ],
    ['only itself to watch', { REHUP_WATCH: '/etc/next' }, 'REHUP_CANARY is the same directory'],
    [
      'itself as the published directory',
      { REHUP_PUBLISH: '/etc/next/x' },
      'REHUP_CANARY must not lie',
    ],
    [
      'a mounted stable source',
      { REHUP_CANARY: 'configmap/next' },
      'REHUP_CANARY is an object of the API',
    ],
    [
      'the same object',
      { REHUP_SOURCE: 'configmap/web', REHUP_CANARY: 'configmap/web' },
      'REHUP_CANARY is the same object',
    ],
  ])('does not go with %s', (_, env, expected) => {
    const problems = problemsOf({ ...GOOD, ...env });
    expect(problems.join('\n')).toContain(expected);
  });
});
