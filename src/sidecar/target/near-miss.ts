import { basename } from 'node:path';
import leven from 'leven';
import { describeProcess } from './containers.ts';
import { COMM_LENGTH } from './matcher.ts';
import type { Process } from './process.ts';

/** A process that may be the one that was meant, and what to write for it. */
export type NearMiss = {
  process: Process;
  /** As the kernel keeps it: what `name:` is compared with first. */
  name: string;
  why: string;
};

/** How many keystrokes apart two names may be to be taken for a slip. */
const SLIPS = 2;

/** Whom somebody may have meant who wrote a name that nobody bears; the likeliest first. */
export function findNearMisses(name: string, processes: readonly Process[]): NearMiss[] {
  const misses = processes.flatMap((process) => {
    const why = explainMiss(name, process);
    return why === undefined ? [] : [{ process, name: process.comm, why }];
  });
  // Of the workers of one program, each bears the name; once is enough.
  return [...Map.groupBy(misses, (miss) => miss.name).values()].flatMap(([first]) => first ?? []);
}

function explainMiss(name: string, { comm, argv }: Process): string | undefined {
  const own = [comm, basename(argv[0] ?? '')].filter((one) => one !== '');
  if (name.includes('/') && own.includes(basename(name))) return 'without its path';
  if (comm.length === COMM_LENGTH && name.startsWith(comm)) {
    return `the kernel keeps ${COMM_LENGTH} characters of a name`;
  }
  if (own.some((one) => one.toLowerCase() === name.toLowerCase())) return 'case counts';
  return own.some((one) => isSlip(one, name)) ? 'spelt a little differently' : undefined;
}

/** Whether one name may have been written for the other. Short ones are all alike. */
export function isSlip(name: string, written: string): boolean {
  return written.length > SLIPS + 1 && leven(name, written, { maxDistance: SLIPS + 1 }) <= SLIPS;
}

/** `app/nginx (7) is name:nginx (case counts)`. */
export function describeNearMiss({ process, name, why }: NearMiss): string {
  return `${describeProcess(process)} is name:${name} (${why})`;
}
