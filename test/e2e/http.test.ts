import { expect, it } from 'vitest';

import { getFromPod } from './support/kubectl.ts';
import { isReloaded, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { GREETING, startScenario } from './support/scenario.ts';

const namespace = useNamespace();

it('reloads over HTTP on localhost, with neither a signal nor a shared process namespace', async () => {
  await using scenario = await startScenario(namespace(), {
    apps: [{ env: { APP_SIGNAL: 'none', APP_HTTP_PORT: '8080' } }],
    rehup: { env: { REHUP_URL: 'http://127.0.0.1:8080/-/reload' } },
    shareProcessNamespace: false,
  });
  const { pod } = scenario;

  expect(await scenario.reloadWith('two')).toMatchObject({ by: 'http' });
  const line = await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

  expect(line).toMatchObject({ outcome: 'reloaded' });
  expect((await pod.logs('app')).filter(isReloaded)).toHaveLength(1);
  expect(JSON.parse(await getFromPod(pod, 8080, '/content'))).toEqual({ [GREETING]: 'two' });
});
