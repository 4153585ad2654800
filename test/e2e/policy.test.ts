import { expect, it } from 'vitest';

import { isAtLeast, kubeletVersion, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl } from './support/kubectl.ts';
import { hasRead, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import type { Pod } from './support/pod.ts';
import { rbacPath } from './support/rbac.ts';
import { GREETING, startScenario } from './support/scenario.ts';

/** Policies are part of the API from there on. */
const NEEDED = 30;

/** As the manifests name the service account and all else. */
const ACCOUNT = 'rehup';
const NAME = 'my-app';

const namespace = useNamespace();

it('lets rehup change its own annotation, and nothing else', async ({ skip }) => {
  if (!isAtLeast(await kubeletVersion(), NEEDED)) skip(`policies need Kubernetes 1.${NEEDED}`);
  await kubectl(['apply', `--filename=${rbacPath('prompt.yaml')}`, `--namespace=${namespace()}`]);
  await using scenario = await startScenario(namespace(), {
    name: NAME,
    serviceAccountName: ACCOUNT,
    rehup: { env: { REHUP_PROMPT: 'true' } },
  });
  const { pod } = scenario;
  await pod.waitForLine('rehup', 'that prompt sync is set up', says('prompt sync set up'));
  await using other = await startScenario(namespace(), { name: randomName('other') });

  await kubectl(['apply', `--filename=${rbacPath('own-pod-policy.yaml')}`]);
  await using _policy = {
    [Symbol.asyncDispose]: async () => {
      await kubectl(['delete', `--filename=${rbacPath('own-pod-policy.yaml')}`, '--wait=false']);
    },
  };
  await waitForCluster('the policy to be in force', async () => {
    const label = { metadata: { labels: { team: randomName('team') } } };
    return (await patchFromWithin(pod, NAME, label)).includes('rehup may not change labels');
  });

  const sync = { metadata: { annotations: { 'rehup.dev/sync': 'by hand' } } };
  expect(await patchFromWithin(pod, NAME, sync)).toBe('200');
  expect(await patchFromWithin(pod, other.pod.name, sync)).toContain(
    'rehup may change its own pod alone',
  );
  const annotation = { metadata: { annotations: { 'rehup.dev/other': 'by hand' } } };
  expect(await patchFromWithin(pod, NAME, annotation)).toContain(
    'of the annotations, rehup may change rehup.dev/sync alone',
  );
  const image = { spec: { containers: [{ name: 'app', image: 'example.com/other:1' }] } };
  expect(await patchFromWithin(pod, NAME, image)).toContain('rehup may not change the spec');

  await scenario.setGreeting('two');
  await pod.waitForLine('rehup', 'that it asked', says('kubelet asked to sync'));
  await pod.waitForLine('app', 'the new content', hasRead(GREETING, 'two'));
});

/** Runs in the image of rehup, with the token that the kubelet has mounted there. */
const SCRIPT = `
const fs = require('fs');
const read = (name) => fs.readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/' + name, 'utf8');
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const [name, body] = process.argv.slice(1);
const request = require('https').request({
  host,
  port,
  ca: read('ca.crt'),
  method: 'PATCH',
  path: '/api/v1/namespaces/' + read('namespace') + '/pods/' + name,
  headers: {
    authorization: 'Bearer ' + read('token'),
    'content-type': 'application/strategic-merge-patch+json',
  },
});
request.on('response', async (response) => {
  let text = '';
  for await (const piece of response) text += piece;
  const { message } = JSON.parse(text);
  console.log([response.statusCode, message].filter(Boolean).join(' '));
});
request.end(body);
`;

/** What the API server says to a patch that comes out of the pod: the status, and why it refuses. */
async function patchFromWithin(pod: Pod, name: string, patch: object): Promise<string> {
  return await pod.exec('rehup', 'node', '-e', SCRIPT, name, JSON.stringify(patch));
}
