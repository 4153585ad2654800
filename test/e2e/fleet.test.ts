import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

import { createTempDir } from '../support/temp-dir.ts';
import { randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  rehupContainer,
  secret,
  secretVolume,
} from './support/pod-spec.ts';
import type { ContainerOptions, VolumeSource } from './support/pod-spec.ts';
import { serviceAccount, startWorkload } from './support/workloads.ts';

const namespace = useNamespace();

const MAIN = fileURLToPath(new URL('../../cmd/main.ts', import.meta.url));
const REPLICAS = 3;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** As from somebody's machine, with the kubeconfig of the tests or another one. */
async function rehup(
  args: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const command = [MAIN, ...args, `--namespace=${namespace()}`];
  const options = { input, env, reject: false, timeout: 180_000 } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, command, options);
  return { code: exitCode ?? -1, out: stdout, error: stderr };
}

interface Fleet {
  readonly name: string;
  readonly pods: () => Promise<string[]>;
}

/** A Deployment whose app and rehup mount one object with a key `greeting`. */
async function startFleet(
  options: { source?: VolumeSource; rehup?: ContainerOptions; bare?: boolean } = {},
): Promise<Fleet> {
  const name = randomName('fleet');
  const { source = configMapVolume(name) } = options;
  const mounts = { config: '/etc/app' };
  const app = appContainer({ env: { APP_FILES: '/etc/app/greeting' }, mounts });
  const sidecar = rehupContainer({ mounts: { config: '/watched/config' }, ...options.rehup });
  const containers = options.bare === true ? [app] : [app, sidecar];
  await startWorkload(
    {
      namespace: namespace(),
      name,
      containers,
      volumes: { config: source, extra: { emptyDir: {} } },
      replicas: REPLICAS,
      sharesProcesses: true,
    },
    [
      configMap(namespace(), name, { greeting: 'one' }),
      secret(namespace(), name, { greeting: 'one' }),
    ],
  );
  const pods = async (): Promise<string[]> => {
    const which = [`--namespace=${namespace()}`, `--selector=app=${name}`];
    const { items } = await kubectlJson<{ items: { metadata: { name: string } }[] }>([
      'get',
      'pods',
      ...which,
    ]);
    return items.map(({ metadata }) => metadata.name).toSorted();
  };
  return { name, pods };
}

interface Status {
  readonly summary: Readonly<Record<string, number>>;
  readonly pods: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason?: string;
    readonly rules: readonly { readonly mounts: readonly Readonly<Record<string, unknown>>[] }[];
  }[];
}

async function statusOf({ name }: Fleet): Promise<Status> {
  const { out } = await rehup(['status', `deployment/${name}`, '--output=json']);
  return JSON.parse(out) as Status;
}

const manifestOf = (name: string, text: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { greeting: text },
  });

describe('rehup, from outside the pods,', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });

  it('runs status, doctor and trigger in the sidecar that it finds, with their output and exit code', async () => {
    const [pod = ''] = await fleet.pods();
    const status = await rehup(['status', pod, '--output=text']);
    expect(status).toMatchObject({ code: 0, out: expect.stringContaining('/watched/config') });
    const doctor = await rehup(['doctor', `pod/${pod}`]);
    expect(doctor).toMatchObject({ code: 0, out: expect.stringMatching(/0 failed, .* passed/) });
    const trigger = await rehup(['trigger', pod]);
    expect(trigger).toMatchObject({ code: 0, out: 'default: reloaded' });
    expect(await rehup(['status', pod, '--nonsense'])).toMatchObject({ code: 2 });
  });

  it('is a plugin of kubectl', async () => {
    await using directory = await createTempDir();
    const plugin = join(directory.path, 'kubectl-rehup');
    await writeFile(plugin, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    await chmod(plugin, 0o755);
    const env = { PATH: `${directory.path}:${process.env['PATH']}` };
    const args = ['rehup', 'status', `deployment/${fleet.name}`, '-n', namespace(), '-o', 'json'];
    const { stdout } = await execa('kubectl', args, { env });
    expect((JSON.parse(stdout) as Status).summary).toEqual({ pods: REPLICAS, current: REPLICAS });
  });

  it('triggers each pod of a workload, and groups what doctor finds in them', async () => {
    const pods = await fleet.pods();
    const trigger = await rehup(['trigger', `deploy/${fleet.name}`]);
    expect(trigger.out).toBe(pods.map((pod) => `${pod}:\ndefault: reloaded`).join('\n'));
    const doctor = await rehup(['doctor', `deploy/${fleet.name}`]);
    expect(doctor.code).toBe(0);
    expect(doctor.out).toContain(`${REPLICAS} pods examined: 0 failed`);
    expect(doctor.out.match(/^✓ handler: .*\(all pods\)$/gm)).toHaveLength(1);
  });

  it('brings an edit to every pod, and says so of each', async () => {
    const args = ['apply', '-f', '-', `deployment/${fleet.name}`, '--force-conflicts'];
    const applied = await rehup([...args, '--diff'], manifestOf(fleet.name, 'two'));
    expect(applied).toMatchObject({ code: 0, error: '' });
    expect(applied.out).toContain('+two');
    expect(applied.out).toContain(`configmap/${fleet.name}: changed`);
    expect(applied.out).toContain(`${REPLICAS} kubelet syncs asked for`);
    for (const pod of await fleet.pods()) expect(applied.out).toContain(`${pod}: has it (`);
    expect(applied.out).toMatch(/all of 3 pods have it: the first after \S+ s, half of them after/);
    const { summary, pods } = await statusOf(fleet);
    expect(summary).toEqual({ pods: REPLICAS, current: REPLICAS });
    const hashes = pods.map(({ rules }) => rules[0]?.mounts[0]);
    for (const mount of hashes) expect(mount?.['loaded']).toBe(mount?.['desired']);
    const again = await rehup(args, manifestOf(fleet.name, 'two'));
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(': unchanged') });
    expect(again.out).not.toContain('asked for');
  });

  it('shows who is behind, has the kubelets hurry, and waits', async () => {
    const patch = JSON.stringify({ data: { greeting: 'three' } });
    const about = [`--namespace=${namespace()}`, `--patch=${patch}`];
    await kubectl(['patch', 'configmap', fleet.name, ...about]);
    expect((await statusOf(fleet)).summary).toMatchObject({ behind: REPLICAS });
    expect(await rehup(['sync', `deploy/${fleet.name}`])).toEqual({
      code: 0,
      out: `${REPLICAS} kubelet syncs asked for`,
      error: '',
    });
    const waited = await rehup(['wait', `deploy/${fleet.name}`]);
    expect(waited).toMatchObject({
      code: 0,
      out: expect.stringContaining('all of 3 pods have it'),
    });
    const reloaded = await rehup([
      'wait',
      `deploy/${fleet.name}`,
      '--for=reloaded',
      '--since=10m',
      '-o',
      'json',
    ]);
    expect(JSON.parse(reloaded.out.split('\n').at(-1) ?? '')).toMatchObject({
      done: true,
      pods: REPLICAS,
    });
    const never = await rehup([
      'wait',
      `deploy/${fleet.name}`,
      '--for=hash=abcdef123456',
      '--timeout=2s',
    ]);
    expect(never).toMatchObject({
      code: 4,
      out: expect.stringContaining('3 of 3 pods do not have it'),
    });
  });

  it('says what is wrong with what it is told', async () => {
    expect(await rehup(['status', 'no-such-pod'])).toMatchObject({
      code: 4,
      error: expect.stringContaining('get pods no-such-pod'),
    });
    const [pod = ''] = await fleet.pods();
    expect(await rehup(['doctor', pod, '-c', 'nobody'])).toMatchObject({
      code: 2,
      error: expect.stringContaining('name one of: app, rehup'),
    });
    const args = ['apply', '-f', '-', `deployment/${fleet.name}`];
    expect(await rehup(args, manifestOf('elsewhere', 'x'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('no pod of them mounts ConfigMap elsewhere'),
    });
  });

  it('names the Role that somebody needs who may only look', async () => {
    const name = randomName('viewer');
    const [pod = ''] = await fleet.pods();
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    await kubectl(['apply', '--filename=-'], {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: serviceAccount({ namespace: namespace(), name, rules }),
      }),
    });
    await using directory = await createTempDir();
    const kubeconfig = await kubeconfigOf(name, directory.path);
    const asked = await rehup(['trigger', pod, `--kubeconfig=${kubeconfig}`]);
    expect(asked.code).toBe(4);
    expect(asked.error).toContain(`you may not create pods/exec ${pod}`);
    expect(asked.error).toContain(
      '- {apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"]}',
    );
  });
});

describe('a Secret', () => {
  it('is compared in every pod though its hashes are keyed, and never printed', async () => {
    const name = randomName('secret');
    await kubectl(['apply', '--filename=-', `--namespace=${namespace()}`], {
      input: JSON.stringify(secret(namespace(), name, { greeting: 'one' })),
    });
    // No port, so that all is asked by commands.
    const fleet = await startFleet({
      source: secretVolume(name),
      rehup: {
        env: { REHUP_LISTEN: 'off', REHUP_STATE_DIR: '/state' },
        mounts: { config: '/watched/config', extra: '/state' },
      },
    });
    const stringData = { greeting: 'hunter2' };
    const input = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      stringData,
    });
    const applied = await rehup(
      ['apply', '-f', '-', `deploy/${fleet.name}`, '--diff', '--force-conflicts'],
      input,
    );
    expect(applied).toMatchObject({ code: 0, error: '' });
    expect(applied.out).toContain('greeting: changed, 3 bytes → 7 bytes');
    expect(applied.out).toContain('all of 3 pods have it');
    expect(applied.out).not.toContain('hunter2');
    expect((await statusOf(fleet)).summary).toEqual({ pods: REPLICAS, current: REPLICAS });
  });
});

describe('an app without rehup', () => {
  it('is told what is known of it, and is never waited for', async () => {
    const fleet = await startFleet({ bare: true });
    const { pods, summary } = await statusOf(fleet);
    expect(summary).toEqual({ pods: REPLICAS, 'no-rehup': REPLICAS });
    for (const { reason } of pods) expect(reason).toContain(`it mounts configmap/${fleet.name}`);
    const waited = await rehup(['wait', `deploy/${fleet.name}`]);
    expect(waited).toMatchObject({ code: 4, out: expect.stringContaining('no rehup in it') });
    expect(await rehup(['sync', `deploy/${fleet.name}`])).toMatchObject({ code: 0 });
  });
});

/** Of a service account, for a client elsewhere. */
async function kubeconfigOf(account: string, directory: string): Promise<string> {
  interface Listed {
    readonly items: readonly {
      readonly type: string;
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly data: { readonly token: string };
    }[];
  }
  const token = await waitForCluster(`a token of ${account}`, async () => {
    const created = await kubectl(['create', 'token', account, `--namespace=${namespace()}`]).catch(
      () => '',
    );
    if (created !== '') return created.trim();
    // Before 1.24, the account has a Secret.
    const { items } = await kubectlJson<Listed>(['get', 'secrets', `--namespace=${namespace()}`]);
    const found = items.find(
      ({ metadata }) => metadata.annotations?.['kubernetes.io/service-account.name'] === account,
    );
    return found && Buffer.from(found.data.token, 'base64').toString();
  });
  const config = await kubectlJson<{
    clusters: readonly unknown[];
    contexts: readonly { context: { cluster: string } }[];
  }>(['config', 'view', '--minify', '--flatten', '--raw']);
  const cluster = config.contexts[0]?.context.cluster;
  const path = join(directory, 'kubeconfig');
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: config.clusters,
      users: [{ name: 'viewer', user: { token } }],
      contexts: [{ name: 'viewer', context: { cluster, user: 'viewer' } }],
      'current-context': 'viewer',
    }),
  );
  return path;
}
