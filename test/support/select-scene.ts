import { constants } from 'node:os';
import { parseTarget } from '../../src/config/parse.ts';
import type { Failure } from '../../src/sidecar/outcome.ts';
import type { Resolution, SelectInput } from '../../src/sidecar/target/resolution.ts';
import { selectTargets } from '../../src/sidecar/target/select.ts';
import { buildProcess, buildSelf, pause, type ProcessSpec } from './process-builder.ts';

/** Selects by what `--target` says among pause, rehup itself and these processes, for a SIGHUP. */
export function selectAmong(
  specs: readonly ProcessSpec[],
  { target = 'auto', ...input }: Partial<SelectInput> & { target?: string } = {},
): Resolution {
  const { self = buildSelf() } = input;
  return selectTargets({
    spec: parseTarget(target),
    select: 'one',
    signal: constants.signals.SIGHUP,
    self,
    processes: [pause, self.process, ...specs.map((spec) => buildProcess(spec))],
    watched: [],
    ...input,
  });
}

/** The pids of the targets; where there are none, the outcome that tells why. */
export function pidsOf(resolution: Resolution): number[] | string {
  return 'targets' in resolution
    ? resolution.targets.map(({ pid }) => pid)
    : resolution.failure.outcome;
}

export function failureOf(resolution: Resolution): Partial<Failure> {
  return 'failure' in resolution ? resolution.failure : {};
}
