import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { removeMount } from '../remedy.ts';

/** The times of processes and of updates can be compared: by them rehup tells what the app has read. */
export const clockCheck: Check = once('clock', (context) => {
  const problems = [checkUptime(context), checkSwaps(context)].flatMap((found) => found ?? []);
  return problems.length > 0
    ? problems
    : [pass('start times, swaps and the clock of the node agree')];
});

/** What may lie between two looks at two clocks on a busy node. */
const TOLERANCE_MS = 5000;

/** How old rehup is by `/proc`, and how old it is. */
function checkUptime({ self, table, clock, container, ownMounts }: Context): Bare | undefined {
  const stat = table.stat(self.process.pid);
  if (stat === undefined) return undefined;
  const byProc = clock.uptime() - stat.startedMs;
  const offMs = Math.round(byProc - clock.elapsed());
  if (Math.abs(offMs) <= TOLERANCE_MS) return undefined;
  const isMount = ownMounts.some(({ mountPoint }) => mountPoint === UPTIME);
  // With an uptime that is too short, every process seems to have started after every update.
  const report = offMs < 0 ? fail : warn;
  return report('clock-inconsistent', {
    seen: `${UPTIME} and the start times in /proc are ${Math.abs(offMs)} ms apart${isMount ? `: ${UPTIME} is a mount (lxcfs)` : ''}`,
    remedy: `let the rehup container see the ${UPTIME} of the node: by it rehup tells whether the app has read an update, and may take it for read`,
    remedies: isMount ? [{ changes: [removeMount(container, UPTIME)] }] : [],
  });
}

const UPTIME = '/proc/uptime';

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
