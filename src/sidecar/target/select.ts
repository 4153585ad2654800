import type { Failure } from '../outcome.ts';
import { findAutomatic, type Watched } from './auto.ts';
import {
  byStart,
  describeProcess,
  entryOf,
  findSessions,
  listContainers,
  listProcesses,
  withoutDescendants,
} from './containers.ts';
import { takesSignal } from './guard.ts';
import { filterByCommandLine, hasName } from './matcher.ts';
import type { TargetSpec } from '../../config/target-spec.ts';
import { describeNearMiss, findNearMisses, isSlip } from './near-miss.ts';
import { TooSlow } from '../../system/pattern.ts';
import type { Process } from './processes.ts';
import { isBeingMade, isOffLimits, type Self } from './self.ts';

/** Of several matches: `one` refuses, `oldest` takes the first started, `all` takes each. */
export type Select = 'one' | 'oldest' | 'all';

export type Resolution = Found | { failure: Failure };

export type Found = {
  targets: readonly Process[];
  /** By pid, those of the targets that only a restart can help, and why. */
  onlyByRestart?: ReadonlyMap<number, Failure>;
};

export type SelectInput = {
  spec: TargetSpec;
  select: Select;
  /**
   * Containers that mount the volume by subPath, which only a restart can help: `too`, they are as
   * good as others; `alone`, where nobody mounts the whole volume; by default they are no targets.
   */
  subPath?: 'too' | 'alone' | undefined;
  /** The signal to be sent; `undefined` for actions that send none. */
  signal: number | undefined;
  self: Self;
  processes: readonly Process[];
  /** The volumes whose change is to be applied. */
  watched: readonly Watched[];
  /** What the pid file says, for `pidfile:` alone. */
  pidfile?: { pid: number } | { reason: string };
};

/** Finds the processes to act on. Pure; ambiguity is never resolved by luck. */
export function selectTargets(input: SelectInput): Resolution {
  const { spec, self, processes } = input;
  if (self.inPod && !self.sharesProcesses) return { failure: notShared };
  const others = processes.filter(
    (process) => !isOffLimits(process, self, processes) && !isBeingMade(process, self),
  );
  switch (spec.by) {
    case 'auto':
      return findAutomatic({ ...input, others });
    case 'container':
      return selectContainer(spec.name, others);
    case 'name':
      return narrow(
        input,
        others,
        others.filter((process) => hasName(process, spec.name)),
        `named ${spec.name}`,
        spec.name,
      );
    case 'cmdline':
      return selectCommandLine(input, others, spec.pattern);
    case 'pidfile':
      return selectPidfile(input, others, spec.path);
    default:
      return spec satisfies never;
  }
}

/** The first thing to check: without it nobody else can be seen. */
export const notShared: Failure = {
  outcome: 'no-target',
  check: 'process-namespace-not-shared',
  reason:
    'the pod does not share its process namespace, so that only processes of the rehup container are visible',
  remedy: 'add to the pod spec: shareProcessNamespace: true (or reload by HTTP: REHUP_URL)',
};

function selectContainer(name: string, others: readonly Process[]): Resolution {
  const members = others.filter((process) => process.container.name === name);
  const entry = entryOf(members);
  if (entry !== undefined) return { targets: [entry] };
  const near = others
    .flatMap(({ container }) => container.name ?? [])
    .find((seen) => isSlip(seen, name));
  return {
    failure: {
      outcome: 'no-target',
      check: 'target-not-found',
      reason: `no process of a container named ${name} is running; seen: ${listContainers(others)}`,
      remedy: 'set REHUP_TARGET to container:<name> with a name from spec.containers',
      ...(near !== undefined && { set: { REHUP_TARGET: `container:${near}` } }),
    },
  };
}

function selectCommandLine(
  input: SelectInput,
  others: readonly Process[],
  pattern: RegExp,
): Resolution {
  const wanted = `with a command line that matches ${pattern.source}`;
  try {
    return narrow(input, others, filterByCommandLine(others, pattern), wanted);
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    return { failure: tooSlow(wanted, error) };
  }
}

function tooSlow(wanted: string, { message }: TooSlow): Failure {
  return {
    outcome: 'no-target',
    check: 'target-not-found',
    mayRun: true,
    reason: `no process ${wanted} could be looked for: ${message}`,
    remedy:
      'write REHUP_TARGET without a repetition inside of a repetition, and anchor it with ^; or use container:<name>',
  };
}

function narrow(
  { select, signal, self }: SelectInput,
  others: readonly Process[],
  matching: readonly Process[],
  wanted: string,
  name?: string,
): Resolution {
  // Who looks around in a container by `kubectl exec` must not come between rehup and the app.
  const sessions = self.inPod ? findSessions(others) : new Set<number>();
  const lasting = matching.filter(({ pid }) => !sessions.has(pid));
  const found = withoutDescendants(lasting, others);
  const [first] = found;
  if (first === undefined) {
    const [session] = matching;
    return {
      failure:
        session === undefined
          ? nothingMatches(wanted, others, self, name)
          : onlySessions(session, wanted, others),
    };
  }
  if (found.length === 1 || select === 'all') return { targets: found };
  if (select === 'oldest') return { targets: byStart(found).slice(0, 1) };
  const handling =
    signal === undefined ? [] : found.filter((process) => takesSignal(process, signal));
  return {
    failure: {
      outcome: 'ambiguous-target',
      check: 'target-ambiguous',
      mayRun: true,
      reason: `${found.length} processes ${wanted}: ${listProcesses(found)}`,
      remedy:
        handling.length === 1 && handling[0]?.container.name !== undefined
          ? `set REHUP_TARGET=container:${handling[0].container.name}, or REHUP_SELECT=oldest or all`
          : 'set REHUP_SELECT=oldest or all, or a narrower REHUP_TARGET',
      ...(handling.length === 1 &&
        handling[0]?.container.name !== undefined && {
          set: { REHUP_TARGET: `container:${handling[0].container.name}` },
        }),
    },
  };
}

/** @param name What was asked for, where that is a name: others may be like it. */
function nothingMatches(
  wanted: string,
  others: readonly Process[],
  self: Self,
  name: string | undefined,
): Failure {
  const misses = name === undefined ? [] : findNearMisses(name, others);
  const [nearest] = misses;
  const seen = self.inPod ? `; seen: ${listContainers(others)}` : '';
  const near = misses.map((miss) => `; ${describeNearMiss(miss)}`).join('');
  return {
    outcome: 'no-target',
    check: 'target-not-found',
    reason: `no process ${wanted} is running${seen}${near}`,
    remedy: 'correct REHUP_TARGET, or leave it away to act on the container that mounts the volume',
    ...(nearest && { set: { REHUP_TARGET: `name:${nearest.name}` } }),
  };
}

/** It ends when whoever opened it goes away, and is not what the container runs. */
function onlySessions(session: Process, wanted: string, others: readonly Process[]): Failure {
  const { id, name } = session.container;
  const entry = entryOf(others.filter(({ container }) => container.id === id));
  return {
    outcome: 'no-target',
    check: 'target-is-exec-session',
    reason: `the only process ${wanted} is ${describeProcess(session)}, which came by kubectl exec or a probe${entry ? `; the container itself runs ${describeProcess(entry)}` : ''}`,
    remedy: `set REHUP_TARGET=container:${name ?? '<name>'} to act on what that container runs`,
    ...(name !== undefined && { set: { REHUP_TARGET: `container:${name}` } }),
  };
}

function selectPidfile(
  { pidfile }: SelectInput,
  others: readonly Process[],
  path: string,
): Resolution {
  const refuse = (reason: string): Resolution => ({
    failure: {
      outcome: 'no-target',
      check: 'pid-file-unusable',
      mayRun: true,
      reason,
      remedy: `let the app write its pid to ${path} in a volume (emptyDir) that the rehup container mounts too`,
    },
  });
  if (pidfile === undefined || 'reason' in pidfile) return refuse(pidfile?.reason ?? 'not read');
  const target = others.find(({ pid }) => pid === pidfile.pid);
  return target === undefined
    ? refuse(`${path} names no live process of another container`)
    : { targets: [target] };
}
