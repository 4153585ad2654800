// What rehup prints in a pod is searched for secrets in all tests: see support/pod.ts.
import { expect, it } from 'vitest';

import { createCanary, ENVIRONMENT_CANARY, holdsCanary } from '../support/canary.ts';
import { getFromPod, kubectl } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { startScenario } from './support/scenario.ts';

const namespace = useNamespace();

it('finds a secret that is printed in the container of rehup', async () => {
  await using scenario = await startScenario(namespace());
  const print = ['/usr/local/bin/node', '--print', 'process.env.DATABASE_PASSWORD'];
  await expect(scenario.pod.exec('rehup', ...print)).rejects.toThrow(ENVIRONMENT_CANARY);
});

it('finds no content in what rehup prints, and in what it tells the cluster', async () => {
  await using scenario = await startScenario(namespace());
  const { pod } = scenario;
  await scenario.reloadWith(createCanary('content'));
  // Whether they find anything is not what this is about.
  for (const command of ['status', 'doctor', 'trigger']) {
    await pod.exec('rehup', 'rehup', command).catch(refuseSecrets);
  }
  expect(holdsCanary(await getFromPod(pod, 9533, '/metrics'))).toBe(false);
  // From outside of the pod there is no more to see.
  for (const path of ['/status', '/']) {
    await expect(getFromPod(pod, 9533, path)).rejects.toThrow('inside of the pod only');
  }
  const events = await kubectl(['get', 'events', `--namespace=${namespace()}`, '--output=json']);
  expect(holdsCanary(events)).toBe(false);
});

function refuseSecrets(error: unknown): void {
  if (holdsCanary(String(error))) throw error;
}
