import { describe, expect, it } from 'vitest';
import { findNodeAddresses } from '../../../../src/sidecar/ops/node-addresses.ts';

describe('the addresses of the kubelet', () => {
  it('are the gateways, and the first two who probe', () => {
    const addresses = findNodeAddresses(() => ['10.244.0.1']);
    for (const address of ['10.0.0.7', 'fd00::7', '10.244.0.9']) addresses.learn(address);
    const asked = ['10.244.0.1', '10.0.0.7', 'fd00::7', '10.244.0.9'];
    expect(asked.filter((address) => addresses.has(address))).toEqual(asked.slice(0, 3));
  });
});
