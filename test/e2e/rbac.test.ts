import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl } from './support/kubectl.ts';
import type { LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod } from './support/pod.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  emptyDir,
  inItsPod,
  rehupContainer,
  secret,
  secretVolume,
} from './support/pod-spec.ts';
import {
  allVerbs,
  leaseOf,
  rbacPath,
  readRules,
  without,
  type Permission,
} from './support/rbac.ts';
import { type Feature, features, type Kind, MOUNTED } from './support/rbac-features.ts';
import { podsOf, serviceAccount, startWorkload } from './support/workloads.ts';

/** What the own workload must be for a verb on these to be needed. */
const KINDS: Readonly<Record<string, Kind>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
};

const namespace = useNamespace();

type Running = AsyncDisposable & {
  readonly pod: Pod;
  /** Changes both objects, and waits for such a line. */
  hear(what: string, holds: (line: LogLine) => boolean): Promise<LogLine>;
};

/** A workload of rehup alone, which mounts a ConfigMap and a Secret, with the Role but for one verb. */
async function start(feature: Feature, kind: Kind, dropped?: Permission): Promise<Running> {
  const name = randomName('rbac');
  const rules = readRules(feature.file, [name], kind);
  const { published, everywhere = false, takesTurns = false } = feature;
  const objects = (text: string) =>
    [configMap(namespace(), name, { key: text }), secret(namespace(), name, { secret: text })].map(
      (object) => ({ ...object, metadata: { ...object.metadata, labels: { rbac: name } } }),
    );
  const mounts = {
    ...(feature.mounts ?? MOUNTED),
    ...(published !== undefined && { published }),
  };
  const app = appContainer({ mounts: { published: '/etc/app' } });
  await startWorkload(
    {
      namespace: namespace(),
      name,
      kind,
      serviceAccountName: name,
      sharesProcesses: feature.hasApp === true,
      containers: [
        inItsPod(rehupContainer({ env: feature.env(name), mounts })),
        ...(feature.hasApp === true ? [app] : []),
      ],
      volumes: {
        config: configMapVolume(name),
        credentials: secretVolume(name),
        published: emptyDir,
      },
    },
    [
      ...objects('one'),
      ...(takesTurns ? [leaseOf({ namespace: namespace(), kind, name })] : []),
      ...serviceAccount({
        namespace: namespace(),
        name,
        rules: dropped ? without(rules, dropped) : rules,
        everywhere,
      }),
    ],
  );
  const [podName = ''] = await podsOf({ namespace: namespace(), name });
  const pod = followPod({ namespace: namespace(), name: podName }, ['rehup']);
  await pod.waitForLine('rehup', 'that it is ready', feature.ready);
  return {
    pod,
    hear: async (what, holds) => {
      await apply(objects('two'));
      const heard = pod.waitForLine('rehup', what, holds);
      return await (feature.poke ? pod.pokeUntil(heard) : heard);
    },
    [Symbol.asyncDispose]: async () => {
      await kubectl(['delete', kind, name, `--namespace=${namespace()}`, '--wait=false']);
      if (everywhere) await kubectl(['delete', 'clusterrole,clusterrolebinding', name]);
      await pod[Symbol.asyncDispose]();
    },
  };
}

describe.each(Object.entries(features))('the Role for %s', (_, feature) => {
  // Rollouts of Argo are custom resources: they are not here.
  const verbs = allVerbs(readRules(feature.file, [])).filter(
    ({ group }) => group !== 'argoproj.io',
  );
  const kinds = verbs.flatMap(({ resource }) => KINDS[resource] ?? []);

  it.concurrent.for([...new Set([feature.kind, ...kinds])])(
    'is enough in a pod of a %s',
    async (kind) => {
      await using running = await start(feature, kind);
      await running.hear('that it works', feature.works);
      await feature.proof?.(running.pod);
      // A rolling restart that has begun may have taken this pod away.
      const lines = await running.pod.logs('rehup').catch(() => []);
      expect(lines.filter(feature.lacks)).toEqual([]);
    },
  );

  it.concurrent.for(verbs)('cannot do without: $verb $resource', async (dropped) => {
    const kind = KINDS[dropped.resource] ?? feature.kind;
    await using running = await start(feature, kind, dropped);
    const line = await running.hear('what is missing', feature.lacks);
    const { group, resource, verb } = dropped;
    const full = group === '' ? resource : `${resource}.${group}`;
    expect(line.reason).toMatch(new RegExp(`^the service account may not ${verb} ${full} `));
    expect(line.remedy).toContain(`{apiGroups: ["${group}"], resources: ["${resource}"]`);
    // All that the workload takes, where one of it is missing.
    expect(line.remedy).toMatch(new RegExp(`verbs: \\[(?:"\\w+", )*"${verb}"(?:, "\\w+")*\\]}`));
  });
});

/** What the service account of the manifests may do: `yes` or `no`. */
async function canI(verb: string, what: string): Promise<string> {
  const account = `--as=system:serviceaccount:${namespace()}:rehup`;
  const command = ['auth', 'can-i', verb, what, account, `--namespace=${namespace()}`];
  // No is an answer, though kubectl fails with it.
  return await kubectl(command).catch((error: unknown) => (error as { stdout: string }).stdout);
}

describe('the manifests as they are', () => {
  it.each([
    ['prompt.yaml', 'watch', 'secrets/my-app', 'secrets/other'],
    ['rollout.yaml', 'patch', 'deployments.apps/my-app', 'deployments.apps/other'],
    ['events.yaml', 'create', 'events.events.k8s.io', 'configmaps'],
    [
      'wave.yaml',
      'update',
      'leases.coordination.k8s.io/rehup-deployment-my-app',
      'leases.coordination.k8s.io/rehup-statefulset-my-app',
    ],
    ['source.yaml', 'get', 'secrets/my-app', 'secrets/other'],
    ['keep.yaml', 'delete', 'configmaps/rehup-deployment-my-app-kept-a', 'configmaps/other'],
    ['keep-secret.yaml', 'get', 'secrets/rehup-deployment-my-app-kept-b', 'secrets/other'],
    ['source-labels.yaml', 'list', 'configmaps', 'secrets'],
  ])('%s needs nothing but a namespace, and grants %s %s, not %s', async (...row) => {
    const [file, verb, granted, other] = row;
    const permissions = ['apply', `--filename=${rbacPath(file)}`, `--namespace=${namespace()}`];
    await kubectl(permissions);
    await waitForCluster('the Role to be in force', async () => {
      return (await canI(verb, granted)) === 'yes';
    });
    expect(await canI(verb, other)).toBe('no');
  });
});
