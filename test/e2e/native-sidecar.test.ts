import { expect, it } from 'vitest';

import { isAtLeast, kubeletVersion } from './support/cluster.ts';
import { isReloaded, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { startScenario } from './support/scenario.ts';

const namespace = useNamespace();

it('reloads the app as a native sidecar, which starts before it', async ({ skip }) => {
  if (!isAtLeast(await kubeletVersion(), 29)) skip('native sidecars need Kubernetes 1.29');
  await using scenario = await startScenario(namespace(), { nativeSidecar: true });

  await scenario.reloadWith('two');
  await scenario.pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

  expect((await scenario.pod.logs('app')).filter(isReloaded)).toHaveLength(1);
  expect(await scenario.pod.status('app')).toMatchObject({ restartCount: 0 });
});
