import { TooSlow } from '../../system/pattern.ts';
import type { Failure } from '../outcome.ts';
import { findAutomatic } from './auto.ts';
import { selectContainer } from './by-container.ts';
import { filterByCommandLine, hasName } from './matcher.ts';
import { narrow } from './narrow.ts';
import type { Process } from './process.ts';
import type { Among, Resolution, SelectInput } from './resolution.ts';
import { isBeingMade, isOffLimits, type Self } from './self.ts';

import { isDebugContainer } from './visitors.ts';

/**
 * Finds the processes to act on: the first step is who may be acted on at all, the second which of
 * them is meant, by what the target specification says. It knows the process table, the watched
 * volumes and who rehup is, and reads nothing by itself. Ambiguity is never resolved by luck.
 */
export function selectTargets(input: SelectInput): Resolution {
  const { spec, self, processes } = input;
  const others = processes.filter((process) => mayBeActedOn(process, self, processes));
  const sees = self.sharesProcesses || others.some(({ container }) => container.name !== undefined);
  if (self.inPod && !sees) return { failure: notShared };
  const among = { ...input, others };
  switch (spec.by) {
    case 'auto':
      return findAutomatic(among);
    case 'container':
      return selectContainer(spec.name, among);
    case 'name':
      return narrow(
        among,
        (all) => all.filter((process) => hasName(process, spec.name)),
        `named ${spec.name}`,
        spec.name,
      );
    case 'cmdline':
      return selectCommandLine(among, spec.pattern);
    case 'pidfile':
      return selectPidfile(among, spec.path);
    default:
      return spec satisfies never;
  }
}

function mayBeActedOn(process: Process, self: Self, all: readonly Process[]): boolean {
  return (
    !isOffLimits(process, self, all) &&
    !isBeingMade(process, self) &&
    !isDebugContainer(process.container.name)
  );
}

/** The first thing to check: without it nobody else can be seen. */
export const notShared: Failure = {
  outcome: 'no-target',
  check: 'process-namespace-not-shared',
  reason:
    'the pod does not share its process namespace, so that only processes of the rehup container are visible',
  remedy: 'add to the pod spec: shareProcessNamespace: true (or reload by HTTP: REHUP_URL)',
};

function selectCommandLine(among: Among, pattern: RegExp): Resolution {
  const wanted = `with a command line that matches ${pattern.source}`;
  try {
    return narrow(among, (all) => filterByCommandLine(all, pattern), wanted);
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

function selectPidfile({ pidfile, others }: Among, path: string): Resolution {
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
