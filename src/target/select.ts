import type { Failure } from '../outcome.ts';
import { findAutomatic, type Watched } from './auto.ts';
import {
  byStart,
  describeProcess,
  entryOf,
  listContainers,
  withoutDescendants,
} from './containers.ts';
import { takesSignal } from './guard.ts';
import { hasName, matchesCommandLine, type TargetSpec } from './matcher.ts';
import type { Process } from './processes.ts';
import { isOffLimits, type Self } from './self.ts';

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
  const others = processes.filter((process) => !isOffLimits(process, self, processes));
  switch (spec.by) {
    case 'auto':
      return findAutomatic({ ...input, others });
    case 'container':
      return selectContainer(spec.name, others);
    case 'name':
      return narrow(input, others, (process) => hasName(process, spec.name), `named ${spec.name}`);
    case 'cmdline':
      return narrow(
        input,
        others,
        (process) => matchesCommandLine(process, spec.pattern),
        `with a command line that matches ${spec.pattern.source}`,
      );
    case 'pidfile':
      return selectPidfile(input, others, spec.path);
    default:
      return spec satisfies never;
  }
}

/** The first thing to check: without it nobody else can be seen. */
export const notShared: Failure = {
  outcome: 'no-target',
  reason:
    'the pod does not share its process namespace, so that only processes of the rehup container are visible',
  remedy: 'add to the pod spec: shareProcessNamespace: true (or reload by HTTP: REHUP_URL)',
};

function selectContainer(name: string, others: readonly Process[]): Resolution {
  const members = others.filter((process) => process.container.name === name);
  const entry = entryOf(members);
  if (entry !== undefined) return { targets: [entry] };
  return {
    failure: {
      outcome: 'no-target',
      reason: `no process of a container named ${name} is running; seen: ${listContainers(others)}`,
      remedy: 'set REHUP_TARGET to container:<name> with a name from spec.containers',
    },
  };
}

function narrow(
  { select, signal, self }: SelectInput,
  others: readonly Process[],
  matches: (process: Process) => boolean,
  wanted: string,
): Resolution {
  const found = withoutDescendants(others.filter(matches), others);
  const [first] = found;
  if (first === undefined) return { failure: nothingMatches(wanted, others, self) };
  if (found.length === 1 || select === 'all') return { targets: found };
  if (select === 'oldest') return { targets: byStart(found).slice(0, 1) };
  const handling =
    signal === undefined ? [] : found.filter((process) => takesSignal(process, signal));
  return {
    failure: {
      outcome: 'ambiguous-target',
      mayRun: true,
      reason: `${found.length} processes ${wanted}: ${found.map(describeProcess).join(', ')}`,
      remedy:
        handling.length === 1 && handling[0]?.container.name !== undefined
          ? `set REHUP_TARGET=container:${handling[0].container.name}, or REHUP_SELECT=oldest or all`
          : 'set REHUP_SELECT=oldest or all, or a narrower REHUP_TARGET',
    },
  };
}

function nothingMatches(wanted: string, others: readonly Process[], self: Self): Failure {
  const seen = self.inPod ? `; seen: ${listContainers(others)}` : '';
  return {
    outcome: 'no-target',
    reason: `no process ${wanted} is running${seen}`,
    remedy: 'correct REHUP_TARGET, or leave it away to act on the container that mounts the volume',
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
      mayRun: true,
      reason,
      remedy: `let the app write its pid to ${path} in a volume (emptyDir) that the rehup container mounts too`,
    },
  });
  if (pidfile === undefined || 'reason' in pidfile) return refuse(pidfile?.reason ?? 'not read');
  const target = others.find(({ pid }) => pid === pidfile.pid);
  return target === undefined
    ? refuse(`${path} names pid ${pidfile.pid}, which is no live process of another container`)
    : { targets: [target] };
}
