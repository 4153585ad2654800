import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, pass, warn } from '../finding.ts';

/** The times of updates can be compared with those of processes: by them rehup tells what the app has read. */
export const clockCheck: Check = once('clock', (context) => {
  const problem = checkSwaps(context);
  return [problem ?? pass('swaps and the clock of the node agree')];
});

/** What may lie between two looks at two clocks on a busy node. */
const TOLERANCE_MS = 5000;

/** An update from the future: the clock was set back since. */
function checkSwaps({ rules, clock }: Context): Bare | undefined {
  const swaps = rules.flatMap(({ readings }) =>
    [...readings].flatMap(([path, reading]) =>
      'snapshot' in reading ? [{ path, swappedAtMs: reading.snapshot.swappedAtMs }] : [],
    ),
  );
  const late = swaps.find(({ swappedAtMs }) => swappedAtMs > clock.now() + TOLERANCE_MS);
  if (late === undefined) return undefined;
  const at = new Date(late.swappedAtMs).toISOString();
  return warn('clock-inconsistent', {
    seen: `the last update of ${late.path} is of ${at}, which is yet to come: the clock of the node was set back`,
    remedy:
      'keep the clock of the node right (NTP); rehup goes by the times of its own readings meanwhile',
  });
}
