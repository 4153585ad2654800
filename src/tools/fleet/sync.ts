import { type ExitCode, exitCodes } from '../../system/errors.ts';
import type { ToolIo } from '../../system/tool.ts';
import { openCluster } from '../../kubernetes/kubeconfig.ts';
import { selectPods } from '../../kubernetes/select-pods.ts';
import type { Whereabouts } from '../ask/ask.ts';
import { syncPods } from './sync-pods.ts';

/** `rehup sync deployment/NAME`: the kubelets bring now what they would bring within a minute and a half. */
export async function runSync(where: Whereabouts, { stdout, signal }: ToolIo): Promise<ExitCode> {
  const cluster = openCluster(where);
  const found = await selectPods(where, cluster, signal);
  const asked = await syncPods(cluster.client, found, { signal });
  stdout.write(`${asked} ${asked === 1 ? 'kubelet sync' : 'kubelet syncs'} asked for\n`);
  return exitCodes.stopped;
}
