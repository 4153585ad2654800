import { describe, expect, it } from 'vitest';
import {
  type Options,
  parseOptions,
  type RawOptions,
} from '../../../../src/tools/simulate/options.ts';

describe('the options', () => {
  it.each<[RawOptions, Options['script']]>([
    [{}, { by: 'stdin' }],
    [{ every: '250ms' }, { by: 'interval', everyMs: 250 }],
    [{ play: 'same' }, { by: 'list', everyMs: 5000, steps: [{ name: 'same' }] }],
    [
      { play: 'same', every: '1s' },
      { by: 'list', everyMs: 1000, steps: [{ name: 'same' }] },
    ],
    [{ from: 'src' }, { by: 'source', directory: 'src' }],
  ])('%j say where the steps come from', (raw, script) => {
    expect(parseOptions(raw).script).toEqual(script);
  });

  it('have defaults', () => {
    const { order, keep, format, set } = parseOptions({});
    expect({ order, keep, format, keys: set.size }).toEqual({
      order: 'new',
      keep: false,
      format: 'text',
      keys: 0,
    });
  });

  it('set keys, of which the last word counts', () => {
    const { set } = parseOptions({ set: ['a=1', 'b=x=y', 'a=2'] });
    const texts = [...set].map(([key, file]) => [key, file.content.toString()]);
    expect(texts).toEqual([
      ['a', '2'],
      ['b', 'x=y'],
    ]);
  });

  it('are refused all at once, and without contents', () => {
    const raw = {
      every: '5',
      play: 'change,nope',
      set: ['a b=secret,secret'],
      order: 'odd',
      output: 'xml',
    };
    expect(() => parseOptions(raw)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: [
          '--every=5: is not a duration; write a number with a unit: 250ms, 3s, 2m, 1h',
          '--play=change,nope: nope: is not a step; did you mean same? Known are change, add, remove, set, same, burst, crash, tear-down',
          '--set=a b=…: a b is not a name for a key: only letters, digits, -, _ and . may be in it',
          '--order=odd: is not one of old, new',
          '--output=xml: is not one of text, json',
        ].join('\n'),
      }),
    );
  });

  it.each<RawOptions>([
    { from: 'src', every: '1s' },
    { from: 'src', play: 'same' },
    { from: 'src', set: ['a=1'] },
  ])('%j exclude each other', (raw) => {
    const [, other = ''] = Object.keys(raw);
    expect(() => parseOptions(raw)).toThrow(`--${other}: cannot be used with --from`);
  });

  it('take no interval of 0, which would be a busy loop', () => {
    expect(() => parseOptions({ every: '0' })).toThrow('--every=0: must be longer than 0');
  });
});
