// What the Kubernetes API knows and rehup does not need: it is dropped, and never told.
import { describe, expect, it } from 'vitest';
import { openssl, pidNamespaces } from '../../support/abilities.ts';
import type { ApiServer } from '../../support/api-server.ts';
import { createCanary, holdsCanary } from '../../support/canary.ts';
import { CONFIG, createPromptScene, OWN_POD } from '../../support/prompt-scene.ts';
import { useAuthority } from '../../support/use-authority.ts';
import { waitFor } from '../../support/wait-for.ts';

const { missing, note } = pidNamespaces.missing ? pidNamespaces : openssl;

/** As a `kubectl apply` from the client's side leaves the whole object in its metadata. */
function apply(api: ApiServer, text: string): void {
  const data = { 'app.conf': text };
  const applied = JSON.stringify({
    kind: 'ConfigMap',
    data: { password: createCanary('applied') },
  });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
  api.objects.put(CONFIG, { data, metadata: { annotations } } as object);
}

function keepSecretsInPod(api: ApiServer): void {
  const pod = api.objects.get(OWN_POD) as { spec: object; metadata: object };
  const annotations = { 'example.com/password': createCanary('annotation') };
  const env = [{ name: 'PASSWORD', value: createCanary('env') }];
  const spec = { ...pod.spec, initContainers: [{ name: 'init', env }] };
  api.objects.put(OWN_POD, { ...pod, spec, metadata: { ...pod.metadata, annotations } } as object);
}

describe.skipIf(missing)(`the Kubernetes API${note}`, () => {
  const authority = useAuthority();

  it('tells secrets in metadata and in the pod, and they go nowhere', async () => {
    const token = createCanary('token');
    await using scene = await createPromptScene({
      authority: authority(),
      account: { token },
      env: { REHUP_EVENTS: 'true', REHUP_LISTEN: '127.0.0.1:0' },
      prepare: (api) => {
        api.setToken(token);
        api.objects.setAge(3_600_000);
        apply(api, 'one');
        keepSecretsInPod(api);
        api.objects.setAge(0);
      },
    });
    await scene.watching();
    apply(scene.api, 'two');
    await scene.app.line('reloaded two');
    // The watch did bring it.
    expect(scene.api.objects.get(CONFIG)?.metadata.annotations).not.toEqual({});
    const written = await waitFor('an event', () => {
      const events = scene.api.callsTo({ verb: 'create', resource: 'events' });
      return events.length > 0 && events;
    });
    const sent = [...written, ...scene.api.callsTo({ verb: 'patch' })];
    expect(holdsCanary(JSON.stringify(sent.map(({ path, body }) => [path, body])))).toBe(false);
    scene.api.setToken('another');
    apply(scene.api, 'three');
    scene.api.drop();
    await scene.told({ msg: 'kubernetes api problem' });
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    const status = await (await fetch(`http://127.0.0.1:${port}/status`)).text();
    expect(holdsCanary(status)).toBe(false);
    expect(await scene.rehup.stop()).toBe(0);
  });
});
