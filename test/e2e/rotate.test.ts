import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createTempDir } from '../support/temp-dir.ts';
import { apply } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl, kubectlJson } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { configMap } from './support/pod-spec.ts';
import { type Meddling, rotateHere } from './support/rotate-here.ts';
import {
  type Rotation,
  type RotationOptions,
  runRotate,
  startRotation,
} from './support/rotation.ts';

const namespace = useNamespace();

async function start(options: Omit<RotationOptions, 'namespace'> = {}): Promise<Rotation> {
  return await startRotation({ namespace: namespace(), ...options });
}

function greeting(text: string): string {
  return `--from-literal=greeting=${text}`;
}

/** Of one pod: the same by every way that content comes. */
function read(text: string): string {
  return [text, text, text, text].join(' ');
}

type Revision = {
  metadata: {
    uid: string;
    resourceVersion: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    ownerReferences: { kind: string; uid: string }[];
  };
  immutable?: boolean;
  data: Record<string, string>;
  type?: string;
};

async function get<Found = Revision>(what: string): Promise<Found> {
  return await kubectlJson<Found>(['get', what, `--namespace=${namespace()}`]);
}

async function generationOf({ workload }: Rotation): Promise<number> {
  return (await get<{ metadata: { generation: number } }>(workload)).metadata.generation;
}

describe.concurrent('rehup rotate', () => {
  it('moves a Deployment through contents, and back', async () => {
    const rotation = await start({ replicas: 2 });
    const { base } = rotation;

    const first = await rotation.rotate(greeting('one'));
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const [one = '', ...others] = await rotation.names();
    expect(others).toEqual([]);
    expect(one).toMatch(new RegExp(`^${base}-[a-z0-9]{10}$`));
    expect(first.stdout).toContain(`configmap/${one} created\n`);
    expect(first.stdout).toContain(`5 references moved to ${one}`);
    expect(await rotation.greetings()).toEqual([read('one'), read('one')]);
    const { metadata, immutable } = await get(`configmap/${one}`);
    const { uid } = (await get(rotation.workload)).metadata;
    expect(immutable).toBe(true);
    expect(metadata.labels).toEqual({ team: 'web', 'rehup.dev/rotates': base });
    expect(metadata.annotations).toEqual({ note: 'hello', 'rehup.dev/rotates': base });
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', uid }]);

    const generation = await generationOf(rotation);
    const again = await rotation.rotate(greeting('one'));
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toContain(`nothing to do, it refers to ${one}`);
    expect(await generationOf(rotation)).toBe(generation);

    await using directory = await createTempDir();
    await writeFile(join(directory.path, 'greeting'), 'two');
    await writeFile(join(directory.path, 'more'), Buffer.from([0xff, 0x00]));
    expect(await rotation.rotate('--from-file', directory.path)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const [two = ''] = await rotation.names();
    expect(await rotation.greetings()).toEqual([read('two'), read('two')]);

    const { stdout } = await runRotate(['--list', '--output', 'json', '-n', namespace()]);
    const listed = (JSON.parse(stdout) as { name: string }[]).filter(({ name }) =>
      name.startsWith(base),
    );
    expect(listed).toMatchObject([
      { kind: 'ConfigMap', name: two, base, keys: ['greeting', 'more'], sizeBytes: 5 },
      { name: one, keys: ['greeting'], sizeBytes: 3 },
    ]);
    const list = await rotation.rotate('--list');
    expect(list.stdout).toMatch(
      new RegExp(`configmap/${two}.* greeting, more +${rotation.workload}, revision 3 .*, 2 pods`),
    );
    expect(list.stdout).toMatch(new RegExp(`configmap/${one}.* greeting +revision 2 `));

    expect(await rotation.rotate('--rollback')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await rotation.names()).toEqual([one]);
    expect(await rotation.greetings()).toEqual([read('one'), read('one')]);
    expect(await rotation.rotate('--rollback', base)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await rotation.greetings()).toEqual([read('zero'), read('zero')]);
    const unknown = await rotation.rotate('--rollback', `${base}-unknown`);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain(`name one of these: ${base}, ${one}, ${two}`);
  });

  it('takes Secrets without a trace of what is in them', async () => {
    const rotation = await start({ from: 'Secret', kind: 'StatefulSet', replicas: 2 });

    const { exitCode, stdout, stderr } = await rotation.rotate(greeting('s3cret'), '--diff');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toContain('s3cret');
    expect(stdout).toContain('greeting: changed, 4 bytes → 6 bytes\n');
    const [name = ''] = await rotation.names();
    const { data, type, immutable, metadata } = await get(`secret/${name}`);
    expect({ data, type, immutable }).toEqual({
      data: { greeting: Buffer.from('s3cret').toString('base64') },
      type: 'Opaque',
      immutable: true,
    });
    expect(metadata.annotations['rehup.dev/salt']).toMatch(/^[0-9a-f]{32}$/);
    expect(await rotation.greetings()).toEqual([read('s3cret'), read('s3cret')]);

    expect((await rotation.rotate(greeting('s3cret'))).stdout).toContain('nothing to do');
    await rotation.rotate(greeting('other'));
    expect(await rotation.names()).not.toEqual([name]);
    await rotation.rotate(greeting('s3cret'));
    expect(await rotation.names()).toEqual([name]);
  });

  it('takes what is in the cluster, or a manifest from standard input', async () => {
    const rotation = await start();
    const { base, workload } = rotation;
    expect(await rotation.rotate('--diff')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no difference\n') as string,
    });
    expect(await rotation.greetings()).toEqual([read('zero')]);
    expect(await rotation.names()).not.toEqual([base]);

    const manifest = JSON.stringify(configMap(namespace(), base, { greeting: 'one' }));
    const args = [workload, '--configmap', base, '-n', namespace(), '-f', '-', '--diff'];
    const { exitCode, stdout } = await runRotate(args, manifest);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\n-zero\n');
    expect(stdout).toContain('\n+one\n');
    expect(await rotation.greetings()).toEqual([read('one')]);
  });

  it('changes nothing in a dry run', async () => {
    const rotation = await start();
    const generation = await generationOf(rotation);

    const { exitCode, stdout, stderr } = await rotation.rotate(greeting('one'), '--dry-run');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/configmap\/\S+ created \(server dry run\)\n/);
    expect(stdout).toMatch(/5 references moved to \S+ \(server dry run\)/);
    expect(await rotation.revisions()).toEqual([]);
    expect(await generationOf(rotation)).toBe(generation);
  });
});

describe.concurrent('a rotation to content that fails', () => {
  it.each<NonNullable<RotationOptions['kind']>>(['Deployment', 'StatefulSet', 'DaemonSet'])(
    'takes a %s back by itself, and never again to that content',
    async (kind) => {
      const rotation = await start({ kind });
      const first = await rotateHere(rotation, 'one');
      expect(first.error).toBeUndefined();
      const [one = ''] = await rotation.names();

      const { error, lines, standing } = await rotateHere(rotation, 'bad', {
        isTimeUp: once(async () => await hasEnded(rotation, 3)),
      });

      const [bad = ''] = (await rotation.revisions()).filter((name) => name !== one);
      const failure = `${rotation.workload} was not ready with configmap/${bad}`;
      expect(error?.message).toBe(`${failure}; it was rolled back to ${one}, and is ready`);
      expect(error?.remedy).toMatch(/^correct the content, and rotate again/);
      expect(standing).toBeUndefined();
      expect(lines.join('\n')).toMatch(/pod\/\S+: container app: .*ended with exit code 3/);
      expect(lines).toContain(`${rotation.workload}: rolled back to ${one}`);
      expect(await rotation.names()).toEqual([one]);
      expect(await rotation.greetings()).toEqual([read('one')]);
      expect((await get(`configmap/${bad}`)).data).toEqual({ greeting: 'bad' });
      await rotation.rotate('--rollback');
      expect(await rotation.names()).toEqual([rotation.base]);
    },
  );
});

describe.concurrent('a rotation', () => {
  it('goes back once the progress deadline is exceeded, and leaves with 4', async () => {
    const rotation = await start();
    const path = '/spec/progressDeadlineSeconds';
    await patch(rotation, [{ op: 'replace', path, value: 5 }]);

    const { exitCode, stderr } = await rotation.rotate(greeting('bad'));

    expect(exitCode).toBe(4);
    expect(stderr).toContain('did not become ready: its progress deadline is exceeded\n');
    expect(stderr).toContain(`${rotation.base}, and is ready\nremedy: correct the content`);
    expect(stderr).not.toContain('as things stand');
    expect(await rotation.greetings()).toEqual([read('zero')]);
  });

  it('is not done with containers that are ready for a moment', async () => {
    const rotation = await start({ probe: false });

    const { error, lines } = await rotateHere(rotation, 'late', {
      surviveMs: 40_000,
      isTimeUp: once(async (said) => said.some((line) => line.endsWith('is not any more'))),
    });

    expect(error?.message).toContain(`it was rolled back to ${rotation.base}, and is ready`);
    expect(lines.join('\n')).toMatch(/pod\/\S+: container app: .*exit code 3/);
    expect(await rotation.names()).toEqual([rotation.base]);
  });

  it('names what a pod waits for, and says how things stand where the way back fails', async () => {
    const rotation = await start();
    const path = '/spec/template/spec/containers/0/image';
    await patch(rotation, [{ op: 'replace', path, value: 'none.invalid/app:1' }]);

    const { error, lines, standing } = await rotateHere(rotation, 'one', {
      isTimeUp: async () => (await statesOf(rotation)).includes('ErrImageNeverPull'),
    });

    expect(lines.join('\n')).toMatch(/pod\/\S+: container app: ErrImageNeverPull: /);
    // The image is not rehup's to put right.
    const back = `was rolled back to ${rotation.base}, and is not ready with it either`;
    expect(error?.message).toContain(back);
    expect(standing).toContain(`refers to ${rotation.base} again`);
  });
});

describe.concurrent('the collection of old revisions', () => {
  it('leaves what anybody refers to, what is kept, and what is not rehup’s', async () => {
    const rotation = await start({ spec: { revisionHistoryLimit: 0 } });
    const { base } = rotation;
    const lookalike = `${base}-bcdfghjklm`;
    await apply([configMap(namespace(), lookalike, { greeting: 'mine' })]);
    await rotation.rotate(greeting('one'));
    const [one = ''] = await rotation.names();
    const [pod] = await podsUsing(one);
    // A pod of nobody's that refers to it, too.
    await apply([{ ...pod, metadata: { name: `${base}-other`, namespace: namespace() } } as never]);
    await rotation.rotate(greeting('two'));
    const [two = ''] = await rotation.names();
    await rotation.rotate(greeting('three'));
    const [three = ''] = await rotation.names();

    await waitForCluster('the old ReplicaSets and pods to be gone', async () => {
      return (await podsUsing(two)).length === 0 && (await countReplicaSets(rotation)) === 1;
    });
    const dry = await rotation.rotate(greeting('three'), '--keep', '1', '--dry-run');
    expect(dry.stdout).toContain(`configmap/${two} deleted (server dry run)`);
    expect((await rotation.revisions()).toSorted()).toEqual([one, two, three].toSorted());
    const { exitCode, stdout } = await rotation.rotate(greeting('three'), '--keep', '1');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`configmap/${two} deleted`);
    expect((await rotation.revisions()).toSorted()).toEqual([one, three].toSorted());
    expect((await get(`configmap/${lookalike}`)).data).toEqual({ greeting: 'mine' });
    expect((await get(`configmap/${base}`)).data).toEqual({ greeting: 'zero' });
  });

  it('keeps those of the revisions that a workload can be rolled back to', async () => {
    const rotation = await start({ kind: 'StatefulSet' });
    for (const text of ['one', 'two', 'three'])
      await rotation.rotate(greeting(text), '--keep', '1');
    expect(await rotation.revisions()).toHaveLength(3);
  });

  it('comes with the end of the workload', async () => {
    const rotation = await start();
    await rotation.rotate(greeting('one'));
    await kubectl(['delete', rotation.workload, `--namespace=${namespace()}`]);
    const gone = waitForCluster('the revision to be collected', async () => {
      return (await rotation.revisions()).length === 0;
    });
    await expect(gone).resolves.toBe(true);
  });
});

type Operation = { op: string; path: string; value: unknown };

async function patch({ workload }: Rotation, operations: readonly Operation[]): Promise<void> {
  const options = ['--type=json', `--patch=${JSON.stringify(operations)}`];
  await kubectl(['patch', workload, `--namespace=${namespace()}`, ...options]);
}

/** A fact counts once: what comes after it is not about it. */
function once(fact: TimeIsUp): TimeIsUp {
  let seen = false;
  return async (lines) => !seen && (seen = await fact(lines));
}

type TimeIsUp = NonNullable<Meddling['isTimeUp']>;

async function hasEnded(rotation: Rotation, exitCode: number): Promise<boolean> {
  return (await statesOf(rotation)).includes(`exit code ${exitCode}`);
}

type StatusObject = {
  status: {
    containerStatuses?: {
      state: { waiting?: { reason: string } };
      lastState: { terminated?: { exitCode: number } };
    }[];
  };
};

/** What the containers of its pods wait for, and how they have ended. */
async function statesOf({ workload }: Rotation): Promise<string[]> {
  const label = `--selector=app=${workload.split('/')[1]}`;
  const args = ['get', 'pods', `--namespace=${namespace()}`, label];
  const { items } = await kubectlJson<{ items: StatusObject[] }>(args);
  return items
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .flatMap(({ state, lastState }) => [
      state.waiting?.reason ?? '',
      `exit code ${lastState.terminated?.exitCode}`,
    ]);
}

type PodObject = { metadata: object; spec: object };

async function podsUsing(name: string): Promise<PodObject[]> {
  const { items } = await get<{ items: PodObject[] }>('pods');
  return items.filter(({ spec }) => JSON.stringify(spec).includes(`"${name}"`));
}

async function countReplicaSets({ workload }: Rotation): Promise<number> {
  const { items } = await get<{ items: { metadata: Revision['metadata'] }[] }>('replicasets');
  const { uid } = (await get(workload)).metadata;
  return items.filter(({ metadata }) => metadata.ownerReferences.some((one) => one.uid === uid))
    .length;
}
