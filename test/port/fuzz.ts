import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKubeletVolume } from '../support/kubelet-volume.ts';
import { type LineProcess, startLineProcess } from '../support/line-process.ts';
import {
  ALONE,
  httpRequest,
  inNetworkOf,
  NODE,
  OTHER_POD,
  sendRaw,
} from '../support/pod-network.ts';
import { startRehup } from '../support/start-rehup.ts';
import type { AttackCounts } from './attacker.ts';
import type { ProbeCounts } from './prober.ts';

export interface FuzzRecord {
  readonly attacks: AttackCounts;
  readonly probes: ProbeCounts;
  readonly updates: number;
  /** All that there were, the first one aside. */
  readonly reloads: number;
  /** Reloads that somebody asked for, as rehup counts them. */
  readonly triggers: number;
  /** The most memory that rehup had, all that it shares included. */
  readonly peakMiB: number;
  /** Of rehup, when it was asked to stop in the end. */
  readonly exitCode: number | null;
}

/** On a machine that is busy with other things. */
const START_MS = 120_000;

/** Attacks a rehup in a network of its own, probes it as the kubelet does, and updates what it watches. */
export async function fuzzPort(input: { forMs: number; seed: number }): Promise<FuzzRecord> {
  await using volume = await createKubeletVolume();
  await volume.write({ 'app.conf': '0' });
  await using rehup = await startRehup({
    prefix: ALONE,
    env: {
      REHUP_WATCH: volume.root,
      REHUP_EXEC: 'true',
      REHUP_LISTEN: ':9533',
      REHUP_LOG_LEVEL: 'info',
      // Whatever Node warns of should say where.
      NODE_OPTIONS: '--trace-warnings',
    },
  });
  await rehup.line({ msg: 'reloaded' }, { deadlineMs: START_MS });
  const start = async (program: string, ...args: string[]): Promise<LineProcess> => {
    const command = [process.execPath, join(import.meta.dirname, program), ...args];
    const started = await startLineProcess([...inNetworkOf(rehup.pid), ...command]);
    await started.line('ready', { deadlineMs: START_MS });
    return started;
  };
  await using prober = await start('prober.ts', NODE, '200');
  await using attacker = await start('attacker.ts', `${input.seed}`);
  const endMs = performance.now() + input.forMs;
  let updates = 0;
  do {
    updates += 1;
    await volume.write({ 'app.conf': `${updates}` });
    await rehup.line({ msg: 'reloaded' }, { deadlineMs: START_MS });
  } while (performance.now() < endMs);
  const attacks = await finish<AttackCounts>(attacker);
  const probes = await finish<ProbeCounts>(prober);
  const metrics = await sendRaw(rehup.pid, { from: OTHER_POD, send: httpRequest('GET /metrics') });
  const [, triggers = 0] = /^rehup_hints_total\{source="trigger"\} (\d+)/m.exec(metrics) ?? [];
  const [, peak] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${rehup.pid}/status`, 'utf8')) ?? [];
  const record = {
    attacks,
    probes,
    updates,
    reloads: rehup.all({ msg: 'reloaded' }).length - 1,
    triggers: metrics.includes('rehup_hints_total') ? Number(triggers) : Number.NaN,
    peakMiB: Math.round(Number(peak) / 1024),
  };
  return { ...record, exitCode: await rehup.stop() };
}

async function finish<Counts>(program: LineProcess): Promise<Counts> {
  program.say('end');
  return JSON.parse(await program.line(/^\{/, { deadlineMs: START_MS })) as Counts;
}

/** What must hold, whatever was sent. */
export function findBreaches({
  attacks,
  probes,
  updates,
  reloads,
  triggers,
  exitCode,
}: FuzzRecord): string[] {
  return [
    ...(triggers === 0 ? [] : [`${triggers} reloads were triggered from outside`]),
    ...(attacks.triggered === 0 ? [] : [`${attacks.triggered} answers tell of a reload`]),
    ...(reloads === updates ? [] : [`${updates} updates were ${reloads} reloads`]),
    ...probes.failed.map((failure) => `a probe failed: ${failure}`),
    ...(exitCode === 0 ? [] : [`rehup left with ${exitCode}`]),
    ...(attacks.attacks > 0 && probes.probes > 0 ? [] : ['nothing was tried']),
  ];
}
