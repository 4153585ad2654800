/** Counts how often each container of a scene was started. */
export interface Runs {
  /** Which run of the container a process that is started now belongs to. */
  readonly current: (container: string) => number;
  readonly isRunning: (container: string) => boolean;
  /** A process was started there. */
  readonly began: (container: string, exited: Promise<unknown>) => void;
}

/** A container runs for as long as its entry process; what is started then begins another run. */
export function createRuns(): Runs {
  const runs = new Map<string, { run: number; ended: boolean }>();
  const current: Runs['current'] = (container) => {
    const last = runs.get(container) ?? { run: -1, ended: true };
    return last.ended ? last.run + 1 : last.run;
  };
  return {
    current,
    isRunning: (container) => runs.get(container)?.ended === false,
    began: (container, exited) => {
      const run = current(container);
      if (runs.get(container)?.run === run) return;
      const begun = { run, ended: false };
      runs.set(container, begun);
      void exited.finally(() => {
        begun.ended = true;
      });
    },
  };
}
