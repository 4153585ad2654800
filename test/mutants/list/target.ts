import type { Mutant } from '../mutant.ts';

const suites = ['unit/sidecar/target'];

/** Signals to the wrong process. */
export const targetMutants: readonly Mutant[] = [
  {
    name: "the runtime's own stage of a container counts as the app",
    file: 'sidecar/target/self.ts',
    find: 'return RUNTIME_STAGE.test(comm) || (container',
    replace: 'return (container',
    suites,
  },
  {
    name: 'a process that has not been put into its container counts as the app',
    file: 'sidecar/target/self.ts',
    find: '|| (container.name === undefined && mounts.length > 0);',
    replace: ';',
    suites,
  },
  {
    name: 'PID 1 may be acted on',
    file: 'sidecar/target/self.ts',
    find: 'candidate.pid === 1 || candidate.pid === self.process.pid',
    replace: 'candidate.pid === self.process.pid',
    suites,
  },
  {
    name: 'processes of the rehup container may be acted on',
    file: 'sidecar/target/self.ts',
    find: 'if (self.inPod) return isSameContainer(candidate, self.process);',
    replace: 'if (self.inPod) return false;',
    suites,
  },
  {
    name: 'whoever has the pid is taken for the process that had it',
    file: 'sidecar/target/processes.ts',
    find: 'now.startedMs === startedMs && ',
    replace: '',
    suites: [...suites, 'unit/sidecar/verify', 'unit/sidecar/act'],
  },
  {
    name: 'a zombie is alive',
    file: 'sidecar/target/processes.ts',
    find: "['Z', 'X', 'x'].includes(state)",
    replace: "['X', 'x'].includes(state)",
    suites: [...suites, 'unit/sidecar/verify'],
  },
  {
    name: 'one thread that blocks a signal is enough for all',
    file: 'sidecar/target/processes.ts',
    find: '(all, mask) => all & mask',
    replace: '(all, mask) => all | mask',
    suites,
  },
  {
    name: 'a process that could not be read for want of memory has ended',
    file: 'sidecar/target/processes.ts',
    find: 'if (OUT_OF_RESOURCES.includes(code)) throw new CannotLook(code);',
    replace: '',
    suites,
  },
  {
    name: 'an ignored signal counts as handled where all threads block everything',
    file: 'sidecar/target/guard.ts',
    find: '&& !hasSignal(awaited, FAULT)',
    replace: '',
    suites,
  },
  {
    name: 'who starts within the resolution of the clocks counts as younger',
    file: 'sidecar/target/age.ts',
    find: 'startedMs > becameAtMs + RESOLUTION_MS',
    replace: 'startedMs >= becameAtMs',
    suites,
  },
];
