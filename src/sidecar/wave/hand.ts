import { KubeProblem } from '../../kubernetes/problem.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import type { Crew } from './crew.ts';
import type { WaveInput } from './input.ts';
import type { Lease, LeaseChange } from './lease.ts';
import type { RuleWave } from './record.ts';
import { isActive } from './turn.ts';

export type HandInput = WaveInput & { crew: (signal: AbortSignal) => Promise<Crew> };

/** The Lease, as it concerns this pod and one content. */
export type Seen = {
  /** The name of the content. */
  id: string;
  wave: RuleWave | undefined;
  /** The wave is in the hands of this pod. */
  isOurs: boolean;
};

/** What becomes of the wave; whether this pod holds the Lease after it. */
export type Next = { wave: RuleWave; holds: boolean };

/**
 * Reads, changes and writes, until nobody comes in between, and however long that takes.
 *
 * @returns Whether it was written: `undefined` from `change` leaves the Lease as it is.
 */
export type Mutate = (
  change: (seen: Seen) => Next | undefined,
  signal: AbortSignal,
) => Promise<boolean>;

const LONGEST_PAUSE_MS = 200;

export function createMutate(input: HandInput, hash: string): Mutate {
  const { rule, podName, clock, random, notice } = input;
  const patience = {
    clock,
    random,
    onProblem: (problem: KubeProblem | undefined) => notice('lease', problem),
  };
  const view = (lease: Lease, id: string): Seen => {
    const wave = lease.waves.get(rule);
    const isOurs = lease.holder === podName && wave?.now.hash === id && isHeldBy(podName, wave);
    return { id, wave, isOurs };
  };
  const draft = (lease: Lease, { wave, holds }: Next): LeaseChange => {
    const waves = new Map(lease.waves).set(rule, wave);
    // There is one Lease for all rules of a pod.
    const isNeeded =
      holds || [...waves].some(([name, one]) => name !== rule && isHeldBy(podName, one));
    const isOther = lease.holder !== podName && !holds;
    return { holder: isOther ? lease.holder : isNeeded ? podName : '', waves };
  };
  return async (change, signal) => {
    const work = async (): Promise<boolean> => {
      const { store, name } = await input.crew(signal);
      for (;;) {
        const lease = await store.read(signal);
        const next = change(view(lease, await name(hash, lease)));
        if (next === undefined) return false;
        try {
          await store.write(lease, draft(lease, next), signal);
          return true;
        } catch (error) {
          if (!(error instanceof KubeProblem) || error.kind !== 'conflict') throw error;
          await clock.sleep(LONGEST_PAUSE_MS * random(), signal);
        }
      }
    };
    return await patiently(work, patience, signal);
  };
}

function isHeldBy(pod: string, wave: RuleWave): boolean {
  return isActive(wave) && wave.now.by === pod;
}
