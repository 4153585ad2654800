import { configMap, type DataObject } from '../../../test/e2e/support/pod-spec.ts';
import { labelled, openConfigMaps } from '../../../test/e2e/support/labelled.ts';
import { waitForCluster } from '../../../test/e2e/support/deadline.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { payloadOf } from '../kubelet-writer.ts';
import { pace, startBenchPod } from '../pod.ts';
import { median } from '../statistics.ts';

const UPDATES = 31;
const UPDATES_QUICK = 8;
/** Longer than a reload with its proof. */
const APART_MS = 1500;

const LABEL = 'bench';

/** One labelled ConfigMap, changed by a request of the bench; the kubelet has no part in it. */
export const source: Figure = {
  name: 'source',
  needs: 'cluster',
  results: ['source-median', 'source-longest'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    const stop = new AbortController();
    const maps = openConfigMaps(stop.signal);
    const object = (generation: number): DataObject =>
      labelled(configMap(namespace.name, 'labelled', payloadOf(generation)), LABEL);
    await maps.create([object(0)]);
    const at = { namespace: namespace.name, image };
    await using pod = await startBenchPod({ ...at, label: `dash=${LABEL}` });
    await pod.waitForPhrase('published', 1);
    const latenciesMs: number[] = [];
    for (let generation = 1; generation <= (quick ? UPDATES_QUICK : UPDATES); generation += 1) {
      const sentAt = process.hrtime.bigint();
      await maps.patch(object(generation));
      const told = await waitForCluster(`the signal of update ${generation}`, async () =>
        (await pod.arrivals()).find((each) => each.generation === generation),
      );
      latenciesMs.push(Number(told.at - sentAt) / 1e6);
      await pace(told.at, APART_MS);
    }
    stop.abort();
    // The first one loads what the others find.
    const later = latenciesMs.slice(1);
    const n = later.length;
    yield { name: 'source-median', value: median(later), n, samples: later };
    yield { name: 'source-longest', value: Math.max(...later), n };
  },
};
