// For longer, with another seed: npm run fuzz:port -- --for 10m
import { describe, expect, it } from 'vitest';
import { findBreaches, fuzzPort } from '../../port/fuzz.ts';
import { networks } from '../../support/pod-network.ts';

describe.skipIf(networks.missing)(`hostile clients at the port${networks.note}`, () => {
  it('trigger no reload, take none away, and keep no probe out', async () => {
    const record = await fuzzPort({ forMs: 10_000, seed: 1 });
    expect(findBreaches(record)).toEqual([]);
  }, 600_000);
});
