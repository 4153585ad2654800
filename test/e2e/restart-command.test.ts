import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { kubectlJson } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { configMap, configMapVolume } from './support/pod-spec.ts';
import { staticApp, STATIC_APP_MOUNT } from './support/static-app.ts';
import { startWorkload } from './support/workloads.ts';

const namespace = useNamespace();

const MAIN = fileURLToPath(new URL('../../cmd/main.ts', import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** As from somebody's machine, with the kubeconfig of the tests. */
async function restart(...args: string[]): Promise<Run> {
  const command = [MAIN, 'restart', ...args, `--namespace=${namespace()}`];
  const { exitCode, stdout, stderr } = await execa(process.execPath, command, {
    reject: false,
    timeout: 180_000,
  });
  return { code: exitCode ?? -1, out: stdout, error: stderr };
}

async function startDeployment(): Promise<string> {
  const name = randomName('restart');
  const app = staticApp({ mounts: { config: STATIC_APP_MOUNT } });
  const volumes = { config: configMapVolume(name) };
  await startWorkload({ namespace: namespace(), name, containers: [app], volumes }, [
    configMap(namespace(), name, { greeting: 'one' }),
  ]);
  return name;
}

async function generationOf(name: string): Promise<number> {
  const { metadata } = await kubectlJson<{ metadata: { generation: number } }>([
    'get',
    'deployment',
    name,
    `--namespace=${namespace()}`,
  ]);
  return metadata.generation;
}

describe.concurrent('rehup restart', () => {
  it('rolls a Deployment for new content, once, and waits for it', async () => {
    const name = await startDeployment();
    const first = await restart(`deploy/${name}`, '--wait');
    expect(first).toMatchObject({ code: 0, error: '' });
    expect(first.out).toMatch(/: restarted \(content [0-9a-f]{12}\)\n[^]*: ready$/);

    const second = await restart(`deployment/${name}`, '--wait');
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do') });
    expect(await generationOf(name)).toBe(2);

    await apply([configMap(namespace(), name, { greeting: 'two' })]);
    expect((await restart(`deployment/${name}`, '--dry-run')).out).toContain('would be restarted');
    expect(await generationOf(name)).toBe(2);
    expect((await restart(`deployment/${name}`)).out).toContain(': restarted');
    expect((await restart(`deployment/${name}`, '--force')).out).toContain(': restarted');
    expect(await generationOf(name)).toBe(4);
  });

  it('tells by its exit code that the rollout did not become ready, and what to do', async () => {
    const name = await startDeployment();
    const impossible = { ...configMap(namespace(), name, { other: 'key' }) };
    await apply([impossible]);
    // The program ends at once: its file is not there.
    const broken = {
      namespace: namespace(),
      name,
      containers: [
        staticApp({
          command: ['cat', `${STATIC_APP_MOUNT}/greeting`],
          mounts: { config: STATIC_APP_MOUNT },
        }),
      ],
      volumes: { config: configMapVolume(name) },
    };
    const { workloadManifest } = await import('./support/workloads.ts');
    await apply([workloadManifest(broken)]);

    const { code, error } = await restart(`deployment/${name}`, '--wait', '--timeout=5s');

    expect(code).toBe(4);
    expect(error).toContain(`the rollout of Deployment ${name} did not become ready`);
    expect(error).toContain(`remedy: look at its new pods`);
  });

  it.each([
    { args: ['web'], code: 2, error: 'web names no workload; write deployment/NAME' },
    { args: ['deploy/not-there'], code: 4, error: 'deployments.apps not-there' },
    { args: ['deploy/web', '--context=nowhere'], code: 2, error: 'there is no context nowhere' },
    { args: ['deploy/web', '--kubeconfig=/nowhere'], code: 2, error: 'cannot be read: ENOENT' },
    { args: ['deploy/web', '--timeout=soon'], code: 2, error: 'is not a duration' },
  ])('refuses $args with code $code', async ({ args, code, error }) => {
    const result = await restart(...args);
    expect(result.code).toBe(code);
    expect(result.error).toContain(error);
    expect(result.error).not.toContain('    at ');
  });
});
