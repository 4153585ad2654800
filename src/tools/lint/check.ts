import type { Found, Kind } from './finding.ts';
import type { Subject } from './subject.ts';

/** Looks for one kind of finding in a workload with rehup. */
export type Check = Kind & { find: (subject: Subject) => readonly Found[] };
