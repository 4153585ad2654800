import { describe, expect, it } from 'vitest';
import { parseGateways } from '../../../../src/system/proc/gateways.ts';

const ipv4 = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth0\t00000000\t0100F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0  ',
  'eth0\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0  ',
  '',
].join('\n');

const none = '00000000000000000000000000000000';
const ipv6 = [
  `fd000000000000000000000000000000 40 ${none} 00 ${none} 00000100 00000001 00000000 00000001     eth0`,
  `${none} 00 ${none} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0`,
  '',
].join('\n');

describe('parseGateways', () => {
  it('reads the gateways of both families', () => {
    expect(parseGateways({ ipv4, ipv6 })).toEqual(['10.244.0.1', 'fd00::1']);
  });

  it('finds none where there are no routes, or where they are no text of the kernel', () => {
    expect(parseGateways({ ipv4: '', ipv6: '' })).toEqual([]);
    expect(parseGateways({ ipv4: 'a b 0100F40A zz', ipv6: 'x'.repeat(99) })).toEqual([]);
  });
});
