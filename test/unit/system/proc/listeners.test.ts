import { describe, expect, it } from 'vitest';
import { parseListeners } from '../../../../src/system/proc/listeners.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

function line(local: string, state = '0A'): string {
  return `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0`;
}

describe('parseListeners', () => {
  it.each([
    ['0100007F:253D', { address: '127.0.0.1', port: 9533 }],
    ['00000000:0050', { address: '0.0.0.0', port: 80 }],
    ['0C01F40A:1F90', { address: '10.244.1.12', port: 8080 }],
    ['00000000000000000000000001000000:253D', { address: '::1', port: 9533 }],
    ['00000000000000000000000000000000:01BB', { address: '::', port: 443 }],
    ['B80D0120000000000000000001000000:0050', { address: '2001:db8::1', port: 80 }],
  ])('reads %s', (local, socket) => {
    expect(parseListeners(`${HEADER}\n${line(local)}\n`, 'LE')).toEqual([
      { ...socket, inode: '1' },
    ]);
  });

  it('reads what a big-endian machine has (s390x)', () => {
    const [socket] = parseListeners(line('7F000001:253D'), 'BE');
    expect(socket).toEqual({ address: '127.0.0.1', port: 9533, inode: '1' });
  });

  it('leaves out connections, and what is no line of sockets', () => {
    expect(parseListeners([HEADER, line('0100007F:253D', '01'), 'x', ''].join('\n'))).toEqual([]);
  });
});
