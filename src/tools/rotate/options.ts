import { ConfigError, type ConfigProblem } from '../../system/errors.ts';
import type { ClusterOptions } from '../../kubernetes/kubeconfig.ts';
import { parseWorkload, type WorkloadReference } from '../../kubernetes/rollout/workload.ts';
import { checkBase } from './check.ts';
import type { Family } from './family.ts';
import type { Patience } from './wait.ts';

/** As commander hands them over. */
export type RotateFlags = ClusterOptions & {
  configmap?: string;
  secret?: string;
  fromFile?: string[];
  fromLiteral?: string[];
  filename?: string;
  keep: number;
  dryRun?: boolean;
  diff?: boolean;
  wait?: boolean;
  /** In milliseconds. */
  timeout: number;
  survive: number;
  list?: boolean;
  /** `true` without a name. */
  rollback?: string | true;
  output?: 'text' | 'json';
};

/** Where the new content comes from. */
export type ContentSource =
  | { from: 'files'; fromFile: readonly string[]; fromLiteral: readonly string[] }
  | { from: 'manifest'; file: string }
  /** The object of the base name, as it is in the cluster. */
  | { from: 'live' };

export type Rolling = {
  family: Family;
  reference: WorkloadReference;
  dryRun: boolean;
  diff: boolean;
  /** `undefined`: do not wait. */
  patience: Patience | undefined;
};

export type RotateCommand =
  | (Rolling & { mode: 'rotate'; source: ContentSource; keep: number })
  | (Rolling & { mode: 'rollback'; to: string | undefined })
  | {
      mode: 'list';
      family: Family | undefined;
      reference: WorkloadReference | undefined;
      output: 'text' | 'json';
    };

/** Throws ConfigError with all that is wrong. */
export function parseCommand(argument: string | undefined, raw: RotateFlags): RotateCommand {
  const { workload, flags } = untangle(argument, raw);
  const { configmap, secret, list, rollback } = flags;
  const problems = findConflicts(flags);
  const family: Family = { kind: secret === undefined ? 'ConfigMap' : 'Secret', base: '' };
  family.base = secret ?? configmap ?? '';
  const named = configmap !== undefined || secret !== undefined;
  if (named) problems.push(...checkBase(family));
  else if (list !== true) problems.push(refuse('--configmap', 'or --secret has to be given'));
  const reference = workload === undefined ? undefined : parseWorkload(workload);
  if (workload !== undefined && reference === undefined) {
    problems.push({ option: 'WORKLOAD', value: workload, reason: NO_WORKLOAD });
  } else if (workload === undefined && list !== true) {
    problems.push(refuse('WORKLOAD', `has to be given: ${WORKLOAD_FORMS}`));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  if (list === true || reference === undefined) {
    const output = flags.output ?? 'text';
    return { mode: 'list', family: named ? family : undefined, reference, output };
  }
  const { dryRun = false, diff = false, wait = true, keep } = flags;
  const patience = wait ? { timeoutMs: flags.timeout, surviveMs: flags.survive } : undefined;
  const rolling = { family, reference, dryRun, diff, patience };
  if (rollback !== undefined) {
    return { ...rolling, mode: 'rollback', to: rollback === true ? undefined : rollback };
  }
  return { ...rolling, mode: 'rotate', source: sourceOf(flags), keep };
}

const WORKLOAD_FORMS =
  'deployment/NAME, statefulset/NAME, daemonset/NAME or rollout/NAME (deploy, sts, ds)';

const NO_WORKLOAD = `names no workload; there are ${WORKLOAD_FORMS}`;

/** `--rollback deployment/app` takes the workload for the name of a revision: those have no slash. */
function untangle(
  workload: string | undefined,
  flags: RotateFlags,
): { workload: string | undefined; flags: RotateFlags } {
  const { rollback } = flags;
  if (workload !== undefined || typeof rollback !== 'string' || !rollback.includes('/')) {
    return { workload, flags };
  }
  return { workload: rollback, flags: { ...flags, rollback: true } };
}

function sourceOf({ fromFile = [], fromLiteral = [], filename }: RotateFlags): ContentSource {
  if (filename !== undefined) return { from: 'manifest', file: filename };
  if (fromFile.length + fromLiteral.length === 0) return { from: 'live' };
  return { from: 'files', fromFile, fromLiteral };
}

function findConflicts(flags: RotateFlags): ConfigProblem[] {
  const given = {
    '--configmap': flags.configmap,
    '--secret': flags.secret,
    '--from-file': flags.fromFile,
    '--from-literal': flags.fromLiteral,
    '-f': flags.filename,
    '--diff': flags.diff,
    '--dry-run': flags.dryRun,
    '--rollback': flags.rollback,
    '--list': flags.list,
    '--output': flags.output,
  };
  const exclude = (option: keyof typeof given, ...others: (keyof typeof given)[]) =>
    given[option] === undefined
      ? []
      : others
          .filter((other) => given[other] !== undefined)
          .map((other) => refuse(other, `cannot be used with ${option}`));
  const contents = ['--from-file', '--from-literal', '-f'] as const;
  return [
    ...exclude('--configmap', '--secret'),
    ...exclude('-f', '--from-file', '--from-literal'),
    ...exclude('--rollback', ...contents),
    ...exclude('--list', '--rollback', ...contents, '--diff', '--dry-run'),
    ...(flags.output === undefined || flags.list === true
      ? []
      : [refuse('--output', 'goes with --list only')]),
  ];
}

function refuse(option: string, reason: string): ConfigProblem {
  return { option, value: undefined, reason };
}
