import { describe, expect, it } from 'vitest';
import { describeLine, type Fields } from '../../../../src/sidecar/report/pretty-line.ts';

function say(fields: Fields): string {
  const { phrase, rest, remedy } = describeLine({ time: '2026-11-09T08:00:00.000Z', ...fields });
  return phrase + rest + (remedy === undefined ? '' : ` | ${remedy}`);
}

describe('a line of the log as a sentence', () => {
  it.each([
    [
      {
        msg: 'watching',
        rule: 'default',
        action: 'signal',
        mount: '/etc/a',
        target: 'web/nginx (7)',
      },
      'watching /etc/a for web/nginx (7), by signal',
    ],
    [
      { msg: 'watching', rule: 'tls', action: 'http', mount: ['/etc/a', '/etc/b'] },
      'tls: watching /etc/a, /etc/b, by http',
    ],
    [
      {
        msg: 'reloaded',
        outcome: 'reloaded',
        target: 'a (1)',
        added: ['n'],
        removed: ['o'],
        took_ms: 53.4,
      },
      'reloaded a (1): +n, -o (in 53 ms)',
    ],
    [
      { msg: 'nothing to do', outcome: 'already-current', took_ms: 3 },
      'nothing to do: already-current',
    ],
    [
      {
        msg: 'mount cannot be read',
        mount: '/etc/a',
        reason: 'it is gone',
        remedy: 'mount it',
        kind: 'absent',
      },
      'mount cannot be read /etc/a: kind absent; it is gone | mount it',
    ],
    [{ msg: 'stopping', reason: 'SIGTERM' }, 'stopping: SIGTERM'],
    [
      { msg: 'kubelet asked to sync', object: ['a', 'b'], mount: '/m' },
      'kubelet asked to sync /m: object a, b',
    ],
  ])('%j', (fields, sentence) => {
    expect(say(fields)).toBe(sentence);
  });

  it('has nothing in it that would act on a terminal', () => {
    expect(say({ msg: 'reloaded', changed: ['\u001b[31m\nkey'] })).toBe(
      String.raw`reloaded: \u{1b}[31m\u{a}key`,
    );
  });
});
