import type { Mutant } from '../mutant.ts';

const signal = 'sidecar/act/signal.ts';
const suites = ['unit/sidecar/act', 'unit/sidecar/verify'];

/** Actions that do harm, and proofs that prove nothing. */
export const actMutants: readonly Mutant[] = [
  {
    name: 'the process is not looked at again right before the signal',
    file: signal,
    find: 'const failure = sendNow(input, target);',
    replace: 'const failure = send(input, target);',
    suites,
  },
  {
    name: 'another process with the same pid is signalled',
    file: signal,
    find: 'return now?.startedMs === target.startedMs ? now : undefined;',
    replace: 'return now;',
    suites,
  },
  {
    name: 'a signal that has not been taken yet is sent again',
    file: signal,
    find: 'return hasSignal(pending, input.signal.number) ? undefined : send(input, target);',
    replace: 'return send(input, target);',
    suites,
  },
  {
    name: 'a target is signalled though something stands against another',
    file: signal,
    find: 'check: ({ targets }) => checkAll(targets),',
    replace: 'check: () => undefined,',
    suites,
  },
  {
    name: 'a signal that was refused counts as sent',
    file: signal,
    find: "if (errorCode(error) === 'EPERM') return refused(table.read(target.pid) ?? target, self);",
    replace: "if (errorCode(error) === 'EPERM') return undefined;",
    suites,
  },
  {
    name: 'a process that ended before the signal counts as signalled',
    file: signal,
    find: "if (errorCode(error) === 'ESRCH') return ended(target);",
    replace: "if (errorCode(error) === 'ESRCH') return undefined;",
    suites,
  },
  {
    name: 'an app that dies after the reload is not noticed',
    file: 'sidecar/verify/survive.ts',
    find: 'if (dead) return died(dead, clock.elapsed() - startMs, sent);',
    replace: '',
    suites,
  },
  {
    name: 'the app is not watched until the end of its time',
    file: 'sidecar/verify/survive.ts',
    find: 'if (leftMs <= 0 && !isWaiting()) return undefined;',
    replace: 'if (leftMs <= surviveMs / 2 && !isWaiting()) return undefined;',
    suites,
  },
  {
    name: 'another proof that is waited for ends the watch over the app',
    file: 'sidecar/verify/survive.ts',
    find: 'if (leftMs <= 0 && !isWaiting()) return undefined;',
    replace: 'if (leftMs <= 0) return undefined;',
    suites,
  },
  {
    name: 'a process table that cannot be read counts as the death of the app',
    file: 'sidecar/verify/survive.ts',
    find: 'if (error instanceof CannotLook) return false;',
    replace: 'if (error instanceof CannotLook) return true;',
    suites,
  },
  {
    name: 'an exec session of the container that was ended counts as its successor',
    file: 'sidecar/act/restart/successor.ts',
    find: '&& !isSameRun(process, entry)',
    replace: '',
    suites,
  },
  {
    name: 'a successor counts before it has lived for a while',
    file: 'sidecar/act/restart/successor.ts',
    find: 'if (next !== undefined && clock.uptime() - next.startedMs >= surviveMs) return undefined;',
    replace: 'if (next !== undefined) return undefined;',
    suites,
  },
];
