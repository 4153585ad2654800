import { describe, expect, it } from 'vitest';

import { isReloaded } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { emptyDir, type ContainerOptions } from './support/pod-spec.ts';
import { startScenario } from './support/scenario.ts';

const namespace = useNamespace();

// The image has no shell and no tools: nothing but rehup itself can be called there.
describe.concurrent('kubectl exec in the rehup container', () => {
  it.each<{ through: string; rehup: ContainerOptions }>([
    { through: 'the socket of its port', rehup: {} },
    {
      through: 'the socket in the state directory',
      rehup: {
        env: { REHUP_STATE_DIR: '/state', REHUP_LISTEN: 'off' },
        mounts: { state: '/state' },
      },
    },
  ])('rehup trigger reloads the app without a change, through $through', async ({ rehup }) => {
    await using scenario = await startScenario(namespace(), {
      rehup,
      volumes: { state: emptyDir },
    });
    const { pod } = scenario;

    expect(await pod.exec('rehup', 'rehup', 'trigger')).toBe('default: reloaded');
    expect(await pod.exec('rehup', 'rehup', 'trigger')).toBe('default: reloaded');

    expect((await pod.logs('app')).filter(isReloaded)).toHaveLength(2);
    expect(JSON.parse(await pod.exec('rehup', 'rehup', 'status'))).toMatchObject({
      rules: { default: { state: 'applied', targets: [{ container: 'app' }] } },
    });
  });

  it('rehup --help lists the options, rehup trigger tells of a refusal by its exit code', async () => {
    await using scenario = await startScenario(namespace(), {
      apps: [{ env: { APP_SIGNAL: 'none' } }],
    });
    const { pod } = scenario;

    expect(await pod.exec('rehup', 'rehup', '--help')).toContain('REHUP_SIGNAL');
    await expect(pod.exec('rehup', 'rehup', 'trigger')).rejects.toMatchObject({
      exitCode: 4,
      stdout: expect.stringMatching(/^default: no-handler: .*\n {2}remedy: .*REHUP_URL/),
    });
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });
  });
});
