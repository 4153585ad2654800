import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { rehupCommand } from '../support/start-rehup.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { apply, type KubernetesObject, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { configMap } from './support/pod-spec.ts';
import { rotateHere } from './support/rotate-here.ts';
import { type Rotation, type RotationOptions, startRotation } from './support/rotation.ts';

const namespace = useNamespace();

async function start(options: Omit<RotationOptions, 'namespace'> = {}): Promise<Rotation> {
  return await startRotation({ namespace: namespace(), ...options });
}

function greeting(text: string): string {
  return `--from-literal=greeting=${text}`;
}

async function kubectlHere(...args: readonly string[]): Promise<string> {
  return await kubectl([...args, `--namespace=${namespace()}`]);
}

type Operation = { op: string; path: string; value: unknown };

async function patch(what: string, operations: readonly Operation[]): Promise<void> {
  await kubectlHere('patch', what, '--type=json', `--patch=${JSON.stringify(operations)}`);
}

const ENV = '/spec/template/spec/containers/0/env';

describe.concurrent('what others do to a workload while it is rotated', () => {
  it('before the references are moved is taken into account', async () => {
    const rotation = await start();
    const value = { name: 'PLAIN', value: 'x' };
    // Every path behind it is another one then.
    const others = once(
      async () => await patch(rotation.workload, [{ op: 'add', path: `${ENV}/0`, value }]),
    );
    const { lines, error } = await rotateHere(rotation, 'one', {
      before: async (request) => {
        if (request.patch === 'json-patch') await others();
      },
    });

    expect(error).toBeUndefined();
    expect(lines.join('\n')).toContain('5 references moved');
    const [one = '', ...left] = await rotation.names();
    expect(left).toEqual([]);
    expect(await rotation.revisions()).toEqual([one]);
    expect(await rotation.greetings()).toEqual(['one one one one']);
  });

  it('by another name of their own is left alone', async () => {
    const rotation = await start();
    const mine = `${rotation.base}-mine`;
    await apply([configMap(namespace(), mine, { greeting: 'mine' })]);
    const rotating = rotation.rotate(greeting('bad'), '--timeout', '60s');
    const [bad = ''] = await waitForCluster('the references to be moved', async () => {
      const names = await rotation.names();
      return names.every((name) => name !== rotation.base) && names;
    });
    const template = await kubectlHere('get', rotation.workload, '--output=json');
    await kubectl(['replace', '--filename=-'], { input: template.replaceAll(bad, mine) });

    const { exitCode, stderr } = await rotating;

    expect(exitCode).toBe(4);
    expect(stderr).toContain('somebody has changed the references');
    expect(await rotation.names()).toEqual([mine]);
  });
});

describe.concurrent('a revision', () => {
  it('that another manager has changed is a conflict, and nothing is moved', async () => {
    const rotation = await start();
    await rotation.rotate(greeting('one'));
    const [one = ''] = await rotation.names();
    await rotation.rotate(greeting('two'));
    const [two = ''] = await rotation.names();
    const label = ['label', `configmap/${one}`, 'team=other', '--overwrite'];
    await kubectlHere(...label, '--field-manager=somebody-else');

    const { exitCode, stderr } = await rotation.rotate(greeting('one'));

    expect(exitCode).toBe(4);
    expect(stderr).toContain('conflict with "somebody-else"');
    expect(stderr).toContain('.metadata.labels.team');
    expect(stderr).toContain(`remedy: let ConfigMap ${rotation.base} have the same value there`);
    expect(await rotation.names()).toEqual([two]);
    // The way that the remedy tells.
    await kubectlHere('label', `configmap/${rotation.base}`, 'team=other', '--overwrite');
    expect(await rotation.rotate(greeting('one'))).toMatchObject({ exitCode: 0 });
    expect(await rotation.names()).toEqual([one]);
  });

  it('that somebody else has made is not taken', async () => {
    const rotation = await start();
    await rotation.rotate(greeting('one'));
    const [one = ''] = await rotation.names();
    await rotation.rotate('--rollback');
    await kubectlHere('label', `configmap/${one}`, 'rehup.dev/rotates-');

    const { exitCode, stderr } = await rotation.rotate(greeting('one'));

    expect(exitCode).toBe(4);
    expect(stderr).toContain(`configmap/${one} exists, and was not made by rehup`);
    expect(await rotation.names()).toEqual([rotation.base]);
  });

  it('of two workloads belongs to both, and stays while one of them refers to it', async () => {
    const rotation = await start({ spec: { revisionHistoryLimit: 0 } });
    const other = await start({ spec: { revisionHistoryLimit: 0 } });
    const template = await kubectlHere('get', other.workload, '--output=json');
    const shared = template.replaceAll(other.base, rotation.base);
    await kubectl(['replace', '--filename=-'], { input: shared });
    await other.waitUntilReady();
    const rotateOther = async (text: string): Promise<string> => {
      const args = ['--configmap', rotation.base, '-n', namespace(), greeting(text)];
      const [node = '', ...command] = rehupCommand(['rotate', other.workload, ...args]);
      return (await execa(node, command)).stdout;
    };
    await rotation.rotate(greeting('one'));
    const [one = ''] = await rotation.names();
    expect(await rotateOther('one')).toContain(`configmap/${one} used again`);
    const { metadata } = await kubectlJson<{ metadata: { ownerReferences: { name: string }[] } }>([
      'get',
      `configmap/${one}`,
      `--namespace=${namespace()}`,
    ]);
    const owners = metadata.ownerReferences.map(({ name }) => `deployment/${name}`);
    expect(new Set(owners)).toEqual(new Set([rotation.workload, other.workload]));

    await rotation.rotate(greeting('two'), '--keep', '1');
    const { stdout } = await rotation.rotate(greeting('three'), '--keep', '1');
    expect(stdout).not.toContain(`${one} deleted`);
    expect(await rotation.revisions()).toContain(one);
  });
});

describe.concurrent('a rotation', () => {
  it('of a paused Deployment is refused, unless nobody waits for it', async () => {
    const rotation = await start();
    await kubectlHere('rollout', 'pause', rotation.workload);

    const refused = await rotation.rotate(greeting('one'));
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
    expect(refused.stderr).toContain('is paused: it would not replace its pods; nothing was');
    expect(refused.stderr).toContain(`kubectl rollout resume ${rotation.workload}`);
    expect(await rotation.revisions()).toEqual([]);

    expect(await rotation.rotate(greeting('one'), '--no-wait')).toMatchObject({ exitCode: 0 });
    expect(await rotation.names()).toEqual(await rotation.revisions());
    expect(await rotation.greetings()).toEqual(['zero zero zero zero']);
  });

  it('that lacks a key which a container needs is refused before anything is made', async () => {
    const rotation = await start();
    const { exitCode, stderr } = await rotation.rotate('--from-literal=other=one');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('does not have: greeting (spec.template.spec.containers[0].env[0]');
    expect(await rotation.revisions()).toEqual([]);
  });

  it('that is interrupted says how things stand', async () => {
    const rotation = await start();
    const args = [rotation.workload, '--configmap', rotation.base, '-n', namespace()];
    const [node = '', ...command] = rehupCommand(['rotate', ...args, greeting('bad')]);
    const rotating = execa(node, command, { reject: false });
    await waitForCluster('the references to be moved', async () => {
      return (await rotation.names()).every((name) => name !== rotation.base);
    });
    rotating.kill('SIGINT');

    const { exitCode, stderr } = await rotating;

    const [bad = ''] = await rotation.names();
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`${rotation.workload} refers to ${bad}, and its rollout goes on`);
    expect(stderr).toContain('rehup: stopped');
    expect(await rotation.rotate('--rollback')).toMatchObject({ exitCode: 0 });
    expect(await rotation.names()).toEqual([rotation.base]);
  });

  it('gets by with the rights that the help names, and names one that is missing', async () => {
    const rotation = await start({ kind: 'StatefulSet' });
    await using directory = await createTempDir();
    const kubeconfig = join(directory.path, 'kubeconfig');
    await writeFile(kubeconfig, await kubeconfigWith(RIGHTS));

    const { exitCode, stderr } = await rotation.rotate(greeting('one'), '--kubeconfig', kubeconfig);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // A StatefulSet waits for the pod that never becomes ready, until somebody deletes it.
    let isTimeUp = false;
    const { error } = await rotateHere(rotation, 'bad', {
      kubeconfig,
      isTimeUp: async () => !isTimeUp && (isTimeUp = await hasRestarted(rotation)),
    });
    expect(error?.message).toContain('and is ready');

    await writeFile(kubeconfig, await kubeconfigWith(RIGHTS.slice(0, 1)));
    const refused = await rotation.rotate(greeting('two'), '--kubeconfig', kubeconfig);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(
      /rehup: you may not list configmaps with the label \S+ in namespace/,
    );
    expect(refused.stderr).toContain(
      'add to a Role: - {apiGroups: [""], resources: ["configmaps"]',
    );
  });
});

/** As in the documentation. */
const RIGHTS = [
  {
    apiGroups: ['apps'],
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    verbs: ['get', 'patch'],
  },
  {
    apiGroups: [''],
    resources: ['configmaps', 'secrets'],
    verbs: ['get', 'list', 'create', 'patch', 'delete'],
  },
  { apiGroups: ['apps'], resources: ['replicasets', 'controllerrevisions'], verbs: ['list'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
];

/** A kubeconfig of a new service account with these rights. */
async function kubeconfigWith(rules: readonly object[]): Promise<string> {
  const metadata = { name: randomName('rotator'), namespace: namespace() };
  const { name } = metadata;
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const subjects = [{ kind: 'ServiceAccount', ...metadata }];
  const annotations = { 'kubernetes.io/service-account.name': name };
  await apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { ...rbac, kind: 'Role', rules } as KubernetesObject,
    { ...rbac, kind: 'RoleBinding', roleRef, subjects } as KubernetesObject,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, annotations },
      type: 'kubernetes.io/service-account-token',
    } as KubernetesObject,
  ]);
  const token = await waitForCluster('the token of the account', async () => {
    const path = '--output=jsonpath={.data.token}';
    return await kubectlHere('get', `secret/${name}`, path);
  });
  const view = await kubectl(['config', 'view', '--raw', '--flatten', '--minify', '--output=json']);
  const config = JSON.parse(view) as { users: { user: object }[] };
  for (const user of config.users) user.user = { token: Buffer.from(token, 'base64').toString() };
  return JSON.stringify(config);
}

async function hasRestarted({ workload }: Rotation): Promise<boolean> {
  const label = `--selector=app=${workload.split('/')[1]}`;
  const count = '--output=jsonpath={.items[*].status.containerStatuses[*].restartCount}';
  return /[1-9]/.test(await kubectlHere('get', 'pods', label, count));
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return async () => await (done ??= work());
}
