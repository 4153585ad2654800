import { describe, expect, it } from 'vitest';
import {
  parsePlay,
  parseSetting,
  parseStep,
  stepForms,
} from '../../../../src/tools/simulate/step.ts';

describe('parseStep', () => {
  it.each([
    ['change', { name: 'change' }],
    ['change app.conf', { name: 'change', key: 'app.conf' }],
    ['  remove  app.conf  ', { name: 'remove', key: 'app.conf' }],
    ['add dir/a', { name: 'add', key: 'dir/a' }],
    ['same', { name: 'same' }],
    ['tear-down', { name: 'tear-down' }],
    ['set app.conf=a = b', { name: 'set', key: 'app.conf', value: 'a = b' }],
    ['set a= b ', { name: 'set', key: 'a', value: ' b ' }],
    ['set a=', { name: 'set', key: 'a', value: '' }],
  ])('reads %j', (text, step) => {
    expect(parseStep(text)).toEqual(step);
  });

  it.each([
    ['chnge', /^chnge: is not a step; did you mean change\? Known are change, add, .*tear-down$/],
    ['same app.conf', /^same: takes no key$/],
    ['set app.conf', /^set: is not of the form KEY=VALUE$/],
    ['set =x', /^set: is not of the form KEY=VALUE$/],
    ['set a/b=x', /^set: a\/b is not a name for a key/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseStep(text)).toThrow(reason);
  });

  it('knows every step that the prompt names', () => {
    const texts = stepForms.map((form) => form.replace('[KEY]', 'k').replace('KEY=VALUE', 'k=v'));
    expect(texts.map((text) => parseStep(text).name)).toEqual(
      stepForms.map((form) => form.split(' ')[0]),
    );
  });
});

describe('parsePlay', () => {
  it('reads a comma separated list', () => {
    expect(parsePlay('change app.conf, same,,burst')).toEqual([
      { name: 'change', key: 'app.conf' },
      { name: 'same' },
      { name: 'burst' },
    ]);
  });

  it.each(['', ' , '])('refuses %j', (raw) => {
    expect(() => parsePlay(raw)).toThrow('names no step');
  });
});

describe('parseSetting', () => {
  it('takes everything after the first = as the value', () => {
    expect(parseSetting('.env=A=1\nB=2,3')).toEqual({ key: '.env', value: 'A=1\nB=2,3' });
  });
});
