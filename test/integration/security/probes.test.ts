// A client that only connects cannot get rehup restarted: the probes of the kubelet get through.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProbeCounts } from '../../port/prober.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { type LineProcess, startLineProcess } from '../../support/line-process.ts';
import { inNetworkOf, makeNetwork, networks, NODE } from '../../support/pod-network.ts';
import { type Rehup, startRehup } from '../../support/start-rehup.ts';

const PROBER = join(import.meta.dirname, '../../port/prober.ts');
const IDLE = join(import.meta.dirname, '../../support/programs/idle.ts');
const PATIENCE = { deadlineMs: 120_000 };

async function start(pid: number, ...command: string[]): Promise<LineProcess> {
  const started = await startLineProcess([...inNetworkOf(pid), process.execPath, ...command]);
  await started.line('ready', PATIENCE);
  return started;
}

/** Probes ten times more, and returns what came of all. */
async function probeOn(prober: LineProcess): Promise<ProbeCounts> {
  await prober.line('probed', PATIENCE);
  prober.say('end');
  return JSON.parse(await prober.line(/^\{/, PATIENCE)) as ProbeCounts;
}

async function startIn(pid: number, volume: string): Promise<Rehup> {
  return await startRehup({
    prefix: inNetworkOf(pid),
    env: { REHUP_WATCH: volume, REHUP_EXEC: 'true', REHUP_LISTEN: ':9533' },
  });
}

describe.skipIf(networks.missing)(`the probes of a kubelet${networks.note}`, () => {
  it.for([
    [110, 'one'],
    [5000, 'one'],
    [5000, 'many'],
  ] as const)(
    'get through beside %i idle connections of %s, from the start-up probe on',
    { timeout: 600_000 },
    async ([count, addresses]) => {
      await using volume = await createKubeletVolume();
      await volume.write({ 'app.conf': 'one' });
      await using network = await makeNetwork();
      // Both are there before rehup, as with a native sidecar: its first probe decides on the pod.
      await using _idle = await start(network.pid, IDLE, `${count}`, addresses);
      await using rehup = await startIn(network.pid, volume.root);
      await rehup.line({ msg: 'reloaded' }, PATIENCE);
      await using prober = await start(network.pid, PROBER, NODE, '50');
      await _idle.line('all have connected', PATIENCE);
      const { probes, failed } = await probeOn(prober);
      expect(probes).toBeGreaterThanOrEqual(3);
      expect(failed).toEqual([]);
      await volume.write({ 'app.conf': 'two' });
      await rehup.line({ msg: 'reloaded' }, PATIENCE);
      expect(await rehup.stop()).toBe(0);
    },
  );
});
