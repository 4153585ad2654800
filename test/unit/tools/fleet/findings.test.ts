import { describe, expect, it } from 'vitest';
import {
  type Finding,
  groupFindings,
  parseFindings,
} from '../../../../src/tools/fleet/findings.ts';

function parse(...findings: readonly object[]): Finding[] {
  return parseFindings(JSON.stringify({ version: '1', findings }));
}

const target = (pid: number): object => ({
  id: 'target',
  status: 'pass',
  seen: `app/nginx (${pid}), since 2026-11-30T12:00:0${pid}.123Z, content ${String(pid).repeat(12)}`,
});
const handler = {
  id: 'no-handler',
  status: 'fail',
  seen: 'no handler for SIGHUP',
  remedy: 'set REHUP_SIGNAL',
};

describe('the findings of several pods', () => {
  it('are told once where they differ in process ids, times and hashes alone', () => {
    const groups = groupFindings(
      new Map([
        ['a', parse(target(1))],
        ['b', parse(target(2))],
      ]),
    );
    expect(groups.map(({ pods }) => pods)).toEqual([['a', 'b']]);
  });

  it('begin with what fails, whichever pod it is in', () => {
    const groups = groupFindings(
      new Map([
        ['a', parse(target(1))],
        ['b', parse(target(1), handler)],
      ]),
    );
    expect(groups.map(({ finding, pods }) => [finding.id, pods])).toEqual([
      ['no-handler', ['b']],
      ['target', ['a', 'b']],
    ]);
  });

  it('stay apart where remedies differ', () => {
    const other = { ...handler, remedy: 'set REHUP_URL' };
    const groups = groupFindings(
      new Map([
        ['a', parse(handler)],
        ['b', parse(other)],
      ]),
    );
    expect(groups).toHaveLength(2);
  });

  it.each(['{}', '[]', '{"findings": 1}'])('are none of rehup: %s', (text) => {
    expect(() => parseFindings(text)).toThrow('of no rehup of this version');
  });
});
