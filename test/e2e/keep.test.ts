import { expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { hasRead, hasStartedWith, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod } from './support/pod.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  emptyDir,
  inItsPod,
  rehupContainer,
} from './support/pod-spec.ts';
import { readRules } from './support/rbac.ts';
import { podsOf, serviceAccount, startWorkload } from './support/workloads.ts';

const FILE = '/etc/app/greeting';

const namespace = useNamespace();

interface Kept {
  readonly immutable?: boolean;
  readonly metadata: {
    readonly name: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly data: Readonly<Record<string, string>>;
}

async function listKept(name: string): Promise<readonly Kept[]> {
  const which = [`--namespace=${namespace()}`, `--selector=rehup.dev/keeps=${name}`];
  return (await kubectlJson<{ items: Kept[] }>(['get', 'configmaps', ...which])).items;
}

/** The only pod of the workload, other than that one. */
async function nextPod(name: string, before = ''): Promise<Pod> {
  const [podName = ''] = await waitForCluster(`another pod of ${name}`, async () => {
    const pods = (await podsOf({ namespace: namespace(), name })).filter((each) => each !== before);
    return pods.length === 1 ? pods : undefined;
  });
  return followPod({ namespace: namespace(), name: podName }, ['publish', 'app', 'rehup']);
}

it('is what the app of a new pod starts with while the ConfigMap is invalid', async () => {
  const name = randomName('keep');
  const env = { REHUP_PUBLISH: '/published', REHUP_KEEP: 'api', REHUP_VALIDATE: '*=json' };
  const mounts = { config: '/etc/source', published: '/published' };
  const account = serviceAccount({
    namespace: namespace(),
    name,
    rules: readRules('keep.yaml', [name]),
  });
  await startWorkload(
    {
      namespace: namespace(),
      name,
      serviceAccountName: name,
      sharesProcesses: true,
      // Where there are no native sidecars, this has something published before the app starts.
      initContainers: [
        inItsPod(rehupContainer({ name: 'publish', command: ['rehup', 'once'], env, mounts })),
      ],
      containers: [
        appContainer({ env: { APP_FILES: FILE }, mounts: { published: '/etc/app' } }),
        inItsPod(
          rehupContainer({
            env: { ...env, REHUP_TARGET: 'container:app', REHUP_SURVIVE: '1s' },
            mounts,
          }),
        ),
      ],
      volumes: { config: configMapVolume(name), published: emptyDir },
    },
    [configMap(namespace(), name, { greeting: '"one"' }), ...account],
  );
  await using first = await nextPod(name);
  await first.waitForLine('app', 'that it has started', hasStartedWith(FILE, '"one"'));
  await first.waitForLine('rehup', 'that it is kept', says('content kept'));
  expect(await listKept(name)).toMatchObject([
    {
      immutable: true,
      metadata: {
        name: `rehup-deployment-${name}-kept-a`,
        ownerReferences: [{ kind: 'Deployment', name }],
      },
      data: { greeting: '"one"' },
    },
  ]);

  await apply([configMap(namespace(), name, { greeting: '"two' })]);
  // As the drain of a node does.
  await kubectl(['delete', 'pod', first.name, `--namespace=${namespace()}`, '--wait=false']);
  await using second = await nextPod(name, first.name);
  await second.waitForLine('app', 'that it has started', hasStartedWith(FILE, '"one"'));
  const said = says('started from kept content');
  const started = await second.waitForLine('publish', 'what the app starts with', said);
  expect(started.text).toContain(`"kept_by":"${first.name}"`);
  const held = await second.waitForLine('rehup', 'that it holds the new content', says('held'));
  expect(held.reason).toContain(`the app has older content, which the pod ${first.name} kept at `);

  await apply([configMap(namespace(), name, { greeting: '"three"' })]);
  await second.pokeUntil(
    second.waitForLine('app', 'that it has read the new text', hasRead(FILE, '"three"')),
  );
  await second.waitForLine('rehup', 'that it is kept', says('content kept'));
  await waitForCluster('the older content to be gone', async () => {
    const [kept, ...others] = await listKept(name);
    return others.length === 0 && kept?.metadata.name === `rehup-deployment-${name}-kept-b` && kept;
  });
  // What is kept goes with its workload.
  await kubectl(['delete', 'deployment', name, `--namespace=${namespace()}`, '--wait=false']);
  await waitForCluster('nothing to be kept', async () => (await listKept(name)).length === 0);
});
