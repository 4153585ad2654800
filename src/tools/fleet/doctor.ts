import { type ExitCode, exitCodes, FatalError } from '../../system/errors.ts';
import { escapeJson } from '../../system/escape.ts';
import { showLine } from '../../system/show.ts';
import { asList, asRecord, asText } from '../../system/plain.ts';
import type { ToolIo } from '../../system/tool.ts';
import { createExec } from '../../kubernetes/exec.ts';
import { openCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import { nameOf, type Whereabouts } from '../ask/ask.ts';
import { requireSidecar } from '../ask/sidecar.ts';
import { type Finding, type Group, groupFindings, parseFindings } from './findings.ts';
import { runForOutput } from './run-for-output.ts';
import type { Form } from './screen.ts';
import { inTurns } from './visit.ts';

/** Each is a process in a pod. */
const AT_ONCE = 8;

type Unasked = { pod: string; reason: string; remedy?: string };

/** `rehup doctor deployment/NAME`: that of every pod, and equal findings once. */
export async function examineFleet(
  { flags, output }: { flags: readonly string[]; output: Form },
  where: Whereabouts,
  { stdout, signal }: ToolIo,
): Promise<ExitCode> {
  const cluster = openCluster(where);
  const exec = createExec(cluster.config);
  const found = await selectPods(where, cluster, signal);
  const unasked: Unasked[] = [];
  const asked = await inTurns(found, AT_ONCE, async (pod) => {
    const name = nameOf(pod, where);
    try {
      const sidecar = requireSidecar(pod, where.container);
      const { namespace = '' } = pod.metadata;
      const place = { namespace, pod: pod.metadata.name, container: sidecar.container };
      const words = ['rehup', 'doctor', ...sidecar.flags, ...flags, '--output=json'];
      const accept = [exitCodes.stopped, exitCodes.findings];
      return [
        name,
        parseFindings(await runForOutput(exec, { place, words, accept }, signal)),
      ] as const;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FatalError || error instanceof TypeError)) throw error;
      const remedy = 'remedy' in error ? { remedy: String(error.remedy) } : {};
      unasked.push({ pod: name, reason: error.message, ...remedy });
      return undefined;
    }
  });
  const byPod = new Map(asked.filter((one) => one !== undefined));
  const groups = groupFindings(byPod);
  stdout.write(output === 'json' ? toJson(groups, byPod, unasked) : toText(groups, byPod, unasked));
  if (groups.some(({ finding }) => finding.status === 'fail')) return exitCodes.findings;
  return unasked.length > 0 ? exitCodes.reloadFailed : exitCodes.stopped;
}

type Findings = ReadonlyMap<string, readonly Finding[]>;

function toJson(groups: readonly Group[], byPod: Findings, unasked: readonly Unasked[]): string {
  const document = {
    pods: [...byPod.keys()],
    unasked,
    findings: groups.map(({ finding, pods }) => ({ ...finding.document, pods })),
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

const MARKS: Readonly<Record<Finding['status'], string>> = { fail: '✗', warn: '!', pass: '✓' };

function toText(groups: readonly Group[], byPod: Findings, unasked: readonly Unasked[]): string {
  const lines = groups.flatMap((group) => describe(group, byPod.size));
  const others = unasked.flatMap(({ pod, reason, remedy }) => [
    `? ${pod}: not asked: ${reason}`,
    ...(remedy === undefined ? [] : [`    remedy  ${remedy}`]),
  ]);
  const count = (status: Finding['status']): number =>
    groups.filter(({ finding }) => finding.status === status).length;
  const pods = `${byPod.size} ${byPod.size === 1 ? 'pod' : 'pods'}`;
  const summary = `${pods} examined: ${count('fail')} failed, ${count('warn')} to look at, ${count('pass')} passed`;
  return `${[...lines, ...others, '', summary].map(showLine).join('\n')}\n`;
}

/** Names of so many pods are listed. */
const MOST_NAMED = 5;

function describe({ finding, pods }: Group, all: number): string[] {
  const { status, id, rule, seen, why, remedy, document } = finding;
  const isSame = pods.length === 1;
  const which =
    pods.length === all ? (isSame ? '' : ' (all pods)') : ` (${pods.length} of ${all} pods)`;
  const head = `${MARKS[status]} ${id}${rule === undefined ? '' : ` [${rule}]`}: ${seen}${which}`;
  if (status === 'pass') return [head];
  const more = pods.length > MOST_NAMED ? [`and ${pods.length - MOST_NAMED} more`] : [];
  const changes = asList(asRecord(asList(document['remedies'])[0])['changes']).map(asRecord);
  return [
    head,
    ...(why === undefined ? [] : [`    why     ${why}`]),
    ...(remedy === undefined ? [] : [`    remedy  ${remedy}`]),
    ...changes.map(
      ({ path, value }) => `    change  ${asText(path)}: ${asText(value) ?? 'remove it'}`,
    ),
    ...(pods.length === all
      ? []
      : [`    pods    ${[...pods.slice(0, MOST_NAMED), ...more].join(', ')}`]),
  ];
}
