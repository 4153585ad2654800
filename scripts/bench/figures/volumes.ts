import { waitForCluster } from '../../../test/e2e/support/deadline.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { startBenchPod } from '../pod.ts';
import { readMetrics } from '../scrape.ts';

const VOLUMES = 200;

/** One ConfigMap in so many volumes: the kubelet writes them all for one update. */
export const volumes: Figure = {
  name: 'volumes',
  needs: 'cluster',
  results: ['volumes-missed'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    const copies = VOLUMES - 1;
    await using pod = await startBenchPod({ namespace: namespace.name, image, copies });
    const before = await waitForCluster('every volume to be known', async () => {
      const hashes = await readAppliedHashes(pod.ip);
      return hashes.size === VOLUMES && hashes;
    });
    await pod.update(1);
    let after = before;
    const isNew = ([mount, hash]: [string, string]): boolean => hash !== before.get(mount);
    await waitForCluster('every volume to be applied', async () => {
      after = await readAppliedHashes(pod.ip);
      return [...after].filter(isNew).length === VOLUMES;
    }).catch(() => undefined);
    const container = await pod.container('rehup');
    const memory = `${(container.readAnonymous() / 2 ** 20).toFixed(1)} MiB anonymous`;
    yield {
      name: 'volumes-missed',
      value: VOLUMES - [...after].filter(isNew).length,
      n: VOLUMES,
      note: `${await pod.countPhrase('reloaded')} reloads; ${memory}`,
    };
  },
};

/** Mount → hash of what the app was last told of. */
async function readAppliedHashes(ip: string): Promise<Map<string, string>> {
  const text = await readMetrics(ip);
  const found = text.matchAll(/^rehup_applied_hash_info\{.*mount="([^"]*)",hash="([^"]*)"\} 1$/gm);
  return new Map([...found].map(([, mount = '', hash = '']) => [mount, hash]));
}
