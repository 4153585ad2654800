import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { groupFindings, parseFindings } from '../../../../src/tools/fleet/findings.ts';
import { renderFindings } from '../../../../src/tools/fleet/show-findings.ts';

const found = (seen: string) =>
  parseFindings(
    JSON.stringify({
      findings: [
        { id: 'handler', status: 'fail', seen, why: 'it would die', remedy: 'handle it' },
        { id: 'ports', status: 'warn', seen: 'two listen' },
        { id: 'mounts', status: 'pass', seen: 'all are there' },
      ],
    }),
  );

const groups = groupFindings(
  new Map([
    ['web-1', found('none')],
    ['web-2', found('\x1b[31mnone of them\x1b[0m')],
  ]),
);
const examined = {
  groups,
  pods: 2,
  unasked: [{ pod: 'web-3', reason: 'it is gone', remedy: 'none' }],
};

it('shows each status of what doctor found in its colour', () => {
  const text = renderFindings(examined, { colors: true });
  expect(text).toContain('\x1b[31m✗\x1b[39m handler: none (1 of 2 pods)');
  expect(text).toContain('\x1b[33m!\x1b[39m ports: two listen (all pods)');
  expect(text).toContain('\x1b[32m✓\x1b[39m mounts: all are there (all pods)');
  expect(text).toContain('\x1b[33m?\x1b[39m web-3: not asked: it is gone');
});

it('says the same without colours, and nothing of a pod acts on the terminal', () => {
  const text = renderFindings(examined, { colors: false });
  expect(text).toBe(stripVTControlCharacters(text));
  expect(text).toBe(stripVTControlCharacters(renderFindings(examined, { colors: true })));
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '2 pods examined: 2 failed, 1 to look at, 1 passed',
  );
});
