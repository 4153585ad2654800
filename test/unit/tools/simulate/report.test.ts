import { describe, expect, it } from 'vitest';
import { textFile } from '../../../../src/tools/simulate/content.ts';
import {
  diffFiles,
  formatReport,
  remark,
  type Report,
} from '../../../../src/tools/simulate/report.ts';

const AT = Date.UTC(2026, 10, 9, 8, 7, 6, 5);
const nothing = remark('same', '/etc/app');

describe('a line of text', () => {
  it.each<[Report, string]>([
    [
      { ...nothing, step: 'set', changed: ['a', 'b'], added: ['c'], swapped: true },
      '08:07:06.005Z set       changed a, b; added c',
    ],
    [
      { ...nothing, step: 'remove', removed: ['a'], swapped: true },
      '08:07:06.005Z remove    removed a',
    ],
    [{ ...nothing, swapped: true }, '08:07:06.005Z same      equal content'],
    [remark('tear-down', '/etc/app', 'gone'), '08:07:06.005Z tear-down gone'],
    [remark('end', '/etc/app', 'as before'), '08:07:06.005Z end       /etc/app; as before'],
  ])('%j', (report, line) => {
    expect(formatReport(report, AT, 'text')).toBe(line);
  });
});

describe('a line of JSON', () => {
  it('has the time and all fields', () => {
    expect(JSON.parse(formatReport(nothing, AT, 'json'))).toEqual({
      time: '2026-11-09T08:07:06.005Z',
      ...nothing,
    });
  });
});

describe('the difference between two contents', () => {
  it('goes by bytes, and is in names', () => {
    const before = new Map([
      ['same', textFile('1')],
      ['other', textFile('1')],
      ['gone', textFile('1')],
    ]);
    const after = new Map([
      ['same', textFile('1')],
      ['other', textFile('2')],
      ['new', textFile('1')],
    ]);
    expect(diffFiles(before, after)).toEqual({
      added: ['new'],
      changed: ['other'],
      removed: ['gone'],
    });
  });
});
