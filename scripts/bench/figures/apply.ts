import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

import { randomName } from '../../../test/e2e/support/cluster.ts';
import { kubectl } from '../../../test/e2e/support/kubectl.ts';
import {
  configMap,
  configMapVolume,
  containerOf,
  rehupContainer,
} from '../../../test/e2e/support/pod-spec.ts';
import { podsOf, startWorkload } from '../../../test/e2e/support/workloads.ts';
import { buildBundle } from '../../../test/support/bundle.ts';
import { appProgram } from '../app.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { payloadOf } from '../kubelet-writer.ts';
import { NODE } from '../pod.ts';
import { median, quantile } from '../statistics.ts';

const REPLICAS = 10;
const TIMES = { quick: 3, full: 15 };

/** Below the project: the bundle needs its dependencies. */
const PLACE = join(import.meta.dirname, '../../../node_modules/.cache');

/** When each came to pass, in milliseconds after the API server had taken the object. */
type Round = {
  /** Per pod: the kubelet had brought it, and rehup had proved that the app has it. */
  seen: readonly number[];
  proved: readonly number[];
  /** `rehup apply` knew of all of them. */
  known: number;
};

/** `rehup apply` on a Deployment of ten pods with default settings, as it is shipped. */
export const apply: Figure = {
  name: 'apply',
  needs: 'cluster',
  results: ['apply-10', 'apply-10-kubelet', 'apply-10-proof'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    await mkdir(PLACE, { recursive: true });
    const dir = await mkdtemp(join(PLACE, 'bench-'));
    try {
      await buildBundle(dir);
      const fleet = { namespace: namespace.name, program: join(dir, 'rehup.cjs') };
      yield* summarize(await applyAgain(fleet, image, quick ? TIMES.quick : TIMES.full));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

function* summarize(rounds: readonly Round[]) {
  const known = rounds.map((round) => round.known);
  const n = rounds.length;
  const spread = `first ${Math.min(...known).toFixed(0)}, p95 ${quantile(known, 0.95).toFixed(0)} ms`;
  yield { name: 'apply-10' as const, value: median(known), n, note: spread, samples: known };
  const seen = rounds.map((round) => Math.max(...round.seen));
  yield { name: 'apply-10-kubelet' as const, value: median(seen), n, samples: seen };
  const proved = rounds.map((round) => Math.max(...round.proved));
  yield { name: 'apply-10-proof' as const, value: median(proved), n, samples: proved };
}

type Fleet = { namespace: string; program: string };

async function applyAgain(fleet: Fleet, image: string, times: number): Promise<Round[]> {
  const { namespace } = fleet;
  const name = randomName('fleet');
  const app = containerOf(image, {
    command: [NODE, '--eval', appProgram('/etc/app')],
    mounts: { config: '/etc/app' },
  });
  const rehup = { ...rehupContainer({ mounts: { config: '/etc/app' } }), image };
  await startWorkload(
    {
      namespace,
      name,
      replicas: REPLICAS,
      containers: [app, rehup],
      volumes: { config: configMapVolume(name) },
      sharesProcesses: true,
    },
    [configMap(namespace, name, payloadOf(0))],
  );
  const pods = await podsOf({ namespace, name });
  const rounds: Round[] = [];
  for (let generation = 1; generation <= times; generation += 1) {
    const { takenMs, endedMs } = await runApply(fleet, name, generation);
    const logs = await Promise.all(
      pods.map(async (pod) => await kubectl(['logs', pod, `--namespace=${namespace}`, '-c=rehup'])),
    );
    const after = (phrase: string) => logs.map((log) => lastTime(log, phrase) - takenMs);
    rounds.push({
      seen: after('update seen'),
      proved: after('reloaded'),
      known: endedMs - takenMs,
    });
  }
  return rounds;
}

/** Runs it, and tells when the API server had taken the object, and when all pods had it. */
async function runApply({ namespace, program }: Fleet, name: string, generation: number) {
  const args = ['apply', '-f', '-', `deployment/${name}`, '-n', namespace, '--force-conflicts'];
  const input = JSON.stringify(configMap(namespace, name, payloadOf(generation)));
  const running = execa(process.execPath, [program, ...args], { input });
  let takenMs = Number.NaN;
  let endedMs = Number.NaN;
  for await (const line of running) {
    if (line.endsWith(': changed')) takenMs = Date.now();
    if (line.startsWith('all of ')) endedMs = Date.now();
  }
  return { takenMs, endedMs };
}

/** Of the last line with this phrase. */
function lastTime(log: string, phrase: string): number {
  const lines = log.split('\n').filter((line) => line.includes(`"msg":${JSON.stringify(phrase)}`));
  const { time } = JSON.parse(lines.at(-1) ?? '{}') as { time?: string | number };
  return typeof time === 'number' ? time : Date.parse(time ?? '');
}
