import { describe, expect, it } from 'vitest';
import { showSpan, showText } from '../../../src/system/show.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('a time span', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59.9 * SECOND, '59 s'],
    [MINUTE, '1 m'],
    [HOUR - 1, '59 m'],
    [47 * HOUR, '47 h'],
    [48 * HOUR, '2 d'],
  ])('of %d ms is shown as %s', (ms, shown) => {
    expect(showSpan(ms)).toBe(shown);
  });
});

describe('a name that is shown', () => {
  it.each([
    ['app.conf', 'app.conf'],
    ['größe-設定', 'größe-設定'],
    ['<b>&amp;', '<b>&amp;'],
    ['\u001b[31mred', String.raw`\u{1b}[31mred`],
    ['\u009b2J', String.raw`\u{9b}2J`],
    ['two\nlines\u2028', String.raw`two\u{a}lines\u{2028}`],
    ['gpj.\u202etxt', String.raw`gpj.\u{202e}txt`],
    ['half \ud800', String.raw`half \u{d800}`],
  ])('can neither act nor mislead: %j', (name, shown) => {
    expect(showText(name)).toBe(shown);
  });
});
