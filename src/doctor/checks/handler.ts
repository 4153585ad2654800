import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { hasSignal } from '../../system/proc/status.ts';
import { describeProcess } from '../../sidecar/target/containers.ts';
import { endsProcess, guardHandler } from '../../sidecar/target/guard.ts';
import type { Process } from '../../sidecar/target/processes.ts';
import { catchesAll } from '../../sidecar/target/takes-signal.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, failAs, pass } from '../finding.ts';
import type { Remedy } from '../remedy.ts';
import { restartInstead, set } from '../settings.ts';

/** The signal would be taken, and not kill. */
export const handlerCheck: Check = perRule('handler', (rule, context) => {
  const { acting, resolution } = rule;
  if (acting.action.kind !== 'signal' || !('targets' in resolution)) return [];
  return resolution.targets.map((target) => checkTarget(target, rule, context));
});

function checkTarget(target: Process, rule: RuleContext, context: Context): Bare {
  const { signal, requireHandler } = rule.settings;
  const failure = guardHandler({
    target,
    signal: signal.number,
    signalName: signal.name,
    requireHandler,
    processes: () => context.processes,
  });
  if (failure) {
    const found = failure.set ? [set(context, rule.name, failure.set)] : [];
    return failAs(failure, 'no-handler', [...found, ...otherWays(target, rule, context)]);
  }
  const name = describeProcess(target);
  if (endsProcess(signal.number)) return pass(`${signal.name} is meant to end ${name}`);
  if (!requireHandler)
    return pass(`REHUP_REQUIRE_HANDLER is off: ${signal.name} is sent in any case`);
  const caveat = catchesAll(target)
    ? ', as every program in Go or on the JVM: whether it reloads at it, its documentation tells'
    : '';
  return pass(`${name} has a handler for ${signal.name}${caveat}`);
}

/** By custom, the signals at which programs reload. */
const RELOADING = ['SIGHUP', 'SIGUSR2', 'SIGUSR1'] as const;

function otherWays(target: Process, rule: RuleContext, context: Context): Remedy[] {
  const { caught } = target.status.signals;
  const taken = RELOADING.filter(
    (name) => hasSignal(caught, constants.signals[name]) && !isDebugger(target, name),
  );
  return [
    ...taken.map((name) =>
      set(
        context,
        rule.name,
        { REHUP_SIGNAL: name },
        'it has a handler for this one; its documentation tells whether that reloads',
      ),
    ),
    restartInstead(context, rule),
  ];
}

/** Node.js starts its debugger at SIGUSR1. */
function isDebugger({ pid }: Process, signal: string): boolean {
  return signal === 'SIGUSR1' && listThreads(pid).some((name) => NODE_THREAD.test(name));
}

/** Some rename their main thread; the others keep their names. */
const NODE_THREAD = /^node$|V8Worker|SignalInspector/;

function listThreads(pid: number): string[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim());
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
