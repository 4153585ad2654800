import { configMap } from '../../../test/e2e/support/pod-spec.ts';
import { labelled, openConfigMaps } from '../../../test/e2e/support/labelled.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import type { NodeContainer } from '../node.ts';
import { startedAt } from '../node.ts';
import { reported } from '../peers.ts';
import { pace, startBenchPod } from '../pod.ts';
import { median } from '../statistics.ts';

const OBJECTS = 5000;
const BYTES = 2000;
const READ_MS = 50;
const REST_READINGS = 100;

const LABEL = 'many';

/** What k8s-sidecar is used for, at a size that nobody has: all of them at the start of rehup. */
export const objects: Figure = {
  name: 'objects',
  needs: 'cluster',
  results: ['objects-published', 'objects-cpu', 'objects-peak', 'objects-rest'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    const stop = new AbortController();
    const many = Array.from({ length: OBJECTS }, (_, index) => {
      const data = { [`${index}.json`]: JSON.stringify({ index, text: 'x'.repeat(BYTES) }) };
      return labelled(configMap(namespace.name, `dash-${index}`, data), LABEL);
    });
    await openConfigMaps(stop.signal).create(many);
    stop.abort();
    const at = { namespace: namespace.name, image };
    await using pod = await startBenchPod({ ...at, label: `dash=${LABEL}`, watch: false });
    const container = await pod.container('rehup');
    const reading = readAll(container);
    await pod.waitForPhrase('published', 1);
    const cpuMs = container.readCpuMs();
    const tookMs = (await pod.loggedAt('published')) - startedAt(container.pid);
    yield { name: 'objects-published', value: tookMs, n: 1 };
    yield { name: 'objects-cpu', value: cpuMs, n: 1, note: 'of the container, with its start' };
    reading.left = REST_READINGS;
    const readings = await reading.ended;
    const theirs = reported.map(({ mebibytes }) => mebibytes);
    const note = `users of k8s-sidecar report ${Math.min(...theirs)} to ${Math.max(...theirs)} MiB; it was not run here`;
    yield { name: 'objects-peak', value: Math.max(...readings), n: readings.length, note };
    const rest = readings.slice(-REST_READINGS / 2);
    yield { name: 'objects-rest', value: median(rest), n: rest.length };
  },
};

/** Anonymous memory in MiB, read until nothing is left to read. */
function readAll(container: NodeContainer): { left: number; ended: Promise<number[]> } {
  const state = { left: Number.POSITIVE_INFINITY, ended: Promise.resolve<number[]>([]) };
  const run = async (): Promise<number[]> => {
    const readings: number[] = [];
    for (; state.left > 0; state.left -= 1) {
      const began = process.hrtime.bigint();
      readings.push(container.readAnonymous() / 2 ** 20);
      await pace(began, READ_MS);
    }
    return readings;
  };
  state.ended = run();
  return state;
}
