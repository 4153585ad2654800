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
    find: '|| (container.name === undefined && !hasOtherRoot(candidate));',
    replace: ';',
    suites,
  },
  {
    name: 'PID 1 may be acted on',
    file: 'sidecar/target/self.ts',
    find: 'candidate.pid === self.process.pid || isPause(candidate, self)',
    replace: 'candidate.pid === self.process.pid',
    suites,
  },
  {
    name: 'processes of the rehup container may be acted on',
    file: 'sidecar/target/self.ts',
    find: 'if (self.inPod) return isSameContainer(candidate.container, self.process.container);',
    replace: 'if (self.inPod) return false;',
    suites,
  },
  {
    name: 'processes of other pods may be acted on',
    file: 'sidecar/target/self.ts',
    find: 'if (!isOfOwnPod(candidate, self)) return true;',
    replace: '',
    suites,
  },
  {
    name: 'what does not show its pod may be acted on where the node is in view',
    file: 'sidecar/target/self.ts',
    find: 'return !inPod || !seesNode || isBesideOwn;',
    replace: 'return true;',
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
    file: 'sidecar/target/read-process.ts',
    find: "(state === 'Z' && threads <= 1)",
    replace: 'false',
    suites: [...suites, 'unit/sidecar/verify'],
  },
  {
    name: 'one thread that blocks a signal is enough for all',
    file: 'sidecar/target/thread-masks.ts',
    find: 'const all = masks.reduce((common, mask) => common & mask, ~0n);',
    replace: 'const all = masks.reduce((common, mask) => common | mask, 0n);',
    suites,
  },
  {
    name: 'a process whose main thread has ended is dead, though others live',
    file: 'sidecar/target/read-process.ts',
    find: "(state === 'Z' && threads <= 1)",
    replace: "state === 'Z'",
    suites: ['integration/sidecar/target/main-thread.test.ts'],
  },
  {
    name: 'a process that could not be read for want of memory has ended',
    file: 'sidecar/target/read-process.ts',
    find: 'if (OUT_OF_RESOURCES.includes(code)) throw new CannotLook(code);',
    replace: '',
    suites,
  },
  {
    name: 'a supervisor is signalled as if it were the app',
    file: 'sidecar/target/guard.ts',
    find: 'if (findSupervisor(target) !== undefined) return isSupervisor(input);',
    replace: '',
    suites,
  },
  {
    name: 'a signal without a handler is sent',
    file: 'sidecar/target/guard.ts',
    find: 'return takesSignal(target, signal) ? undefined : noHandler(input);',
    replace: 'return undefined;',
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
