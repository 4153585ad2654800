import { describe, expect, it } from 'vitest';
import { reachOf } from '../../../../src/sidecar/ops/reach.ts';

describe('who can be at the other end of a TCP connection', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', 'loopback'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1', 'loopback'],
    ['::1', '::1', 'loopback'],
    // A proxy of the pod.
    ['127.0.0.1', '127.0.0.6', 'outside'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.6', 'outside'],
    ['::1', '::6', 'outside'],
    // The pod, by the address that others use.
    ['10.244.0.5', '10.244.0.5', 'outside'],
    ['10.244.0.5', '127.0.0.1', 'outside'],
    ['10.244.0.5', '10.244.0.9', 'outside'],
    ['127.0.0.2', '127.0.0.2', 'outside'],
    // It has reset the connection.
    ['127.0.0.1', undefined, 'outside'],
    ['10.244.0.5', undefined, 'outside'],
    [undefined, undefined, 'outside'],
    ['', '', 'outside'],
  ] as const)('to %s from %s: %s', (localAddress, remoteAddress, reach) => {
    expect(reachOf({ localAddress, remoteAddress } as Parameters<typeof reachOf>[0])).toBe(reach);
  });
});
