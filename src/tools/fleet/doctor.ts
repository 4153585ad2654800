import { type ExitCode, exitCodes, FatalError } from '../../system/errors.ts';
import { escapeJson } from '../../system/escape.ts';
import type { ToolIo } from '../../system/tool.ts';
import { createExec } from '../../kubernetes/exec.ts';
import { openCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import { nameOf, type Whereabouts } from '../ask/ask.ts';
import { requireSidecar } from '../ask/sidecar.ts';
import { type Finding, type Group, groupFindings, parseFindings } from './findings.ts';
import { runForOutput } from './run-for-output.ts';
import type { Form } from './screen.ts';
import { renderFindings, type Unasked } from './show-findings.ts';
import { inTurns } from './visit.ts';

/** Each is a process in a pod. */
const AT_ONCE = 8;

/** `rehup doctor deployment/NAME`: that of every pod, and equal findings once. */
export async function examineFleet(
  { flags, output }: { flags: readonly string[]; output: Form },
  where: Whereabouts,
  { stdout, colors, signal }: ToolIo,
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
  const examined = { groups, pods: byPod.size, unasked };
  stdout.write(
    output === 'json' ? toJson(groups, byPod, unasked) : renderFindings(examined, { colors }),
  );
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
