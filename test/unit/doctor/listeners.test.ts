import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { formatSocket, freePort, readListeners, takes } from '../../../src/doctor/listeners.ts';

describe('listeners', () => {
  it('has who listens now', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(readListeners()).toContainEqual(expect.objectContaining({ address: '127.0.0.1', port }));
    server.close();
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['0.0.0.0', '127.0.0.1', true],
    ['::', '127.0.0.1', true],
    ['::1', '127.0.0.1', false],
    ['10.1.2.3', '127.0.0.1', false],
  ])('at %s takes what is sent to %s: %s', (address, to, taken) => {
    expect(takes({ address, port: 80 }, to, 80)).toBe(taken);
    expect(takes({ address, port: 80 }, to, 81)).toBe(false);
  });

  it('writes an address as a URL has it', () => {
    expect(formatSocket({ address: '::1', port: 80 })).toBe('[::1]:80');
    expect(formatSocket({ address: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80');
  });

  it('finds the next port that is free', () => {
    const taken = [80, 81, 83].map((port) => ({ address: '::', port }));
    expect(freePort(80, taken)).toBe(82);
  });
});
