import { type Clock, systemClock } from '../../../src/system/clock.ts';
import type { KubeClient } from '../../../src/kubernetes/client.ts';
import { openCluster } from '../../../src/kubernetes/kubeconfig.ts';
import type { KubeRequest } from '../../../src/kubernetes/request.ts';
import { parseWorkload } from '../../../src/kubernetes/rollout/workload.ts';
import { rotate } from '../../../src/tools/rotate/rotate.ts';
import { buildContent } from '../../support/rotation-builder.ts';
import { DEADLINE_MS } from './deadline.ts';
import type { Rotation } from './rotation.ts';

export interface Meddling {
  /** Called before each request. */
  readonly before?: (request: KubeRequest) => Promise<void>;
  /** Whether the time to wait is over; asked at each look. Otherwise it is the deadline of the tests. */
  readonly isTimeUp?: (lines: readonly string[]) => Promise<boolean>;
  /** How long it has to stay ready; not at all by default. */
  readonly surviveMs?: number;
  /** A file; otherwise that of the tests. */
  readonly kubeconfig?: string;
}

export interface RotatedHere {
  readonly lines: readonly string[];
  /** With what it ended, if not with success. */
  readonly error: { readonly message: string; readonly remedy: string } | undefined;
  /** How things stand, where something was left open. */
  readonly standing: string | undefined;
}

/** `rehup rotate --from-literal greeting=…` in this process, with facts instead of time, and with others between two requests. */
export async function rotateHere(
  { workload, base, namespace }: Rotation,
  greeting: string,
  { before, isTimeUp, surviveMs = 0, kubeconfig }: Meddling = {},
): Promise<RotatedHere> {
  const { client } = openCluster({ kubeconfig });
  const meddling: KubeClient = {
    ...client,
    request: async (request, signal) => {
      await before?.(request);
      return await client.request(request, signal);
    },
  };
  const reference = parseWorkload(workload);
  if (reference === undefined) throw new Error(`no workload: ${workload}`);
  const lines: string[] = [];
  let standing: string | undefined;
  const scene = {
    client: meddling,
    namespace,
    family: { kind: 'ConfigMap' as const, base },
    reference,
    clock: isTimeUp === undefined ? systemClock : createClock(async () => await isTimeUp(lines)),
    say: (line: string): unknown => lines.push(line),
    warn: (line: string): unknown => lines.push(line),
    stage: (text: string | undefined): void => {
      standing = text;
    },
    dryRun: false,
  };
  const local = { isWhole: false as const, content: buildContent({ greeting }) };
  const patience = { timeoutMs: DEADLINE_MS, surviveMs };
  const input = { local, keep: 10, diff: false, patience };
  try {
    await rotate(scene, input, new AbortController().signal);
    return { lines, error: undefined, standing };
  } catch (error) {
    return { lines, error: error as RotatedHere['error'], standing };
  }
}

/** Once the time is up, what is measured jumps over the deadline. */
function createClock(isTimeUp: () => Promise<boolean>): Clock {
  let aheadMs = 0;
  return {
    ...systemClock,
    elapsed: () => systemClock.elapsed() + aheadMs,
    sleep: async (ms, signal) => {
      if (await isTimeUp()) aheadMs += DEADLINE_MS;
      await systemClock.sleep(ms, signal);
    },
  };
}
