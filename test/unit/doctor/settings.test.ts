import { describe, expect, it } from 'vitest';
import { change, restartInstead, toRemedy, unset } from '../../../src/doctor/settings.ts';

const rehup = 'spec.containers[name=rehup]';
const inEnvironment = {
  container: 'rehup',
  configFile: undefined,
  raw: { flags: {}, env: { REHUP_SIGNAL: 'HUP' } },
};
const file = {
  values: {},
  rules: [
    { name: 'a', values: {} },
    { name: 'b', values: {} },
  ],
};
const inFile = {
  container: 'rehup',
  configFile: '/etc/rehup/rehup.yaml',
  raw: { flags: {}, env: { REHUP_LISTEN: ':1' }, file },
};

describe('a setting that is to change', () => {
  it('goes into the environment of the rehup container, with all others', () => {
    expect(
      change(inEnvironment, 'default', { REHUP_URL: 'http://x/', REHUP_METHOD: 'PUT' }),
    ).toEqual([
      {
        path: `${rehup}.env`,
        value: [
          { name: 'REHUP_URL', value: 'http://x/' },
          { name: 'REHUP_METHOD', value: 'PUT' },
        ],
      },
    ]);
  });

  it('goes into the rule of the file, into the top of it if it is of the process', () => {
    const where = '/etc/rehup/rehup.yaml';
    expect(change(inFile, 'b', { REHUP_TARGET: 'name:x', REHUP_POLL: '1s' })).toEqual([
      { where, path: 'rules[name=b].target', value: 'name:x' },
      { where, path: 'poll', value: '1s' },
    ]);
  });

  it('stays in the environment where it is there already', () => {
    expect(unset(inFile, 'a', 'REHUP_LISTEN').path).toBe(`${rehup}.env[name=REHUP_LISTEN]`);
    expect(unset(inFile, 'a', 'REHUP_TARGET').path).toBe('rules[name=a].target');
  });

  it('is removed, renamed or set as the problem says', () => {
    const fix = { rename: { from: 'REHUP_SETLE', to: 'REHUP_SETTLE' } };
    expect(toRemedy(inEnvironment, '', fix)).toEqual({
      changes: [{ path: `${rehup}.env[name=REHUP_SETLE].name`, value: 'REHUP_SETTLE' }],
    });
    const unsetting = { unset: ['REHUP_SIGNAL'], set: { REHUP_SETTLE: '1s' } };
    expect(toRemedy(inEnvironment, '', unsetting).changes.map(({ value }) => value)).toEqual([
      null,
      [{ name: 'REHUP_SETTLE', value: '1s' }],
    ]);
  });

  it('makes a restart of whatever other action is configured', () => {
    const rule = { name: 'default', given: new Set(['signal', 'settle'] as const) };
    expect(restartInstead(inEnvironment, rule).changes).toEqual([
      { path: `${rehup}.env`, value: [{ name: 'REHUP_RESTART', value: 'container' }] },
      { path: `${rehup}.env[name=REHUP_SIGNAL]`, value: null },
    ]);
  });
});
