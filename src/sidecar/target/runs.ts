import { entryProcessOf, groupByContainer } from './containers.ts';
import type { Process } from './process.ts';

/** Who belongs to a run of a container that has ended. */
export type Runs = { withoutLeftovers: (processes: readonly Process[]) => Process[] };

/**
 * A run of a container ends with its entry process. An exec session may be there a moment longer, and
 * would then be the first that came from outside: who was there beside an entry that has gone is left
 * out until it has gone, too.
 */
export function createRuns(): Runs {
  type Run = { entry: string; others: ReadonlySet<string> };
  let runs = new Map<string, Run>();
  const leftovers = new Set<string>();
  return {
    withoutLeftovers: (processes) => {
      const here = new Set(processes.map(nameOf));
      for (const { entry, others } of runs.values()) {
        if (!here.has(entry)) for (const other of others) leftovers.add(other);
      }
      for (const one of leftovers) if (!here.has(one)) leftovers.delete(one);
      const left =
        leftovers.size === 0
          ? [...processes]
          : processes.filter((process) => !leftovers.has(nameOf(process)));
      runs = new Map(
        [...groupByContainer(left)].flatMap(([id, members]) => {
          const entry = entryProcessOf(members);
          if (entry?.container.name === undefined) return [];
          const others = members.filter((member) => member !== entry).map(nameOf);
          return [[id, { entry: nameOf(entry), others: new Set(others) }]];
        }),
      );
      return left;
    },
  };
}

function nameOf({ pid, startedMs }: Process): string {
  return `${pid}@${startedMs}`;
}
