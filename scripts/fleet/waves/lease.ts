import type { RuleWave, Waves } from '../../../src/sidecar/wave/record.ts';

/** The one Lease of a workload, as the API server keeps it. */
export type SimulatedLease = {
  read: () => Seen;
  /** Holds for the version that was read alone; false where it is another one by now. */
  write: (before: Seen, change: { holder: string; wave: RuleWave }, nowMs: number) => boolean;
};

export type Seen = { version: number; holder: string; renewTime: string; waves: Waves };

/** The one rule that is simulated. */
export const RULE = 'default';

export function createLease(): SimulatedLease {
  let current: Seen = { version: 1, holder: '', renewTime: '', waves: new Map() };
  return {
    read: () => current,
    write: ({ version }, { holder, wave }, nowMs) => {
      if (version !== current.version) return false;
      const waves = new Map([[RULE, wave]]);
      current = { version: version + 1, holder, renewTime: String(nowMs), waves };
      return true;
    },
  };
}
