import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { isReloaded, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { appContainer, configMap, configMapVolume } from './support/pod-spec.ts';
import { startSidecarPod } from './support/sidecar-pod.ts';

const APP_MOUNT = '/etc/app';
const RULES_MOUNT = '/etc/rehup';

const BY_SIGNAL = { signal: 'SIGHUP' };
const BY_HTTP = { url: 'http://127.0.0.1:8080/-/reload' };

type Action = typeof BY_SIGNAL | typeof BY_HTTP;

const namespace = useNamespace();

describe('a file of rules in a ConfigMap', () => {
  it('says what each key needs, and is read again itself', async () => {
    const name = randomName('rules');
    const rulesMap = (text: string): ReturnType<typeof configMap> =>
      configMap(namespace(), name, { 'rules.yaml': text });
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [
        appContainer({
          env: {
            APP_FILES: `${APP_MOUNT}/greeting,${APP_MOUNT}/farewell`,
            APP_HTTP_PORT: '8080',
          },
          mounts: { config: APP_MOUNT },
        }),
      ],
      rehup: {
        env: { REHUP_CONFIG: `${RULES_MOUNT}/rules.yaml` },
        mounts: { rules: RULES_MOUNT },
      },
      volumes: { rules: configMapVolume(name) },
      data: { greeting: 'one', farewell: 'one' },
      objects: [rulesMap(rules({ greeting: BY_SIGNAL, farewell: BY_HTTP }))],
    });
    const { pod } = sidecarPod;
    await pod.waitForLine('app', 'that it has started', isStarted);
    let reloads = 0;
    const change = async (greeting: string, farewell: string): Promise<unknown> => {
      reloads += 1;
      const data = { greeting, farewell };
      const line = await sidecarPod.changeAndHear(data, 'a reload', says('reloaded'), reloads);
      const isNext = { nth: reloads };
      const { by } = await pod.waitForLine('app', 'that it has reloaded', isReloaded, isNext);
      return { rule: line.rule, by };
    };

    expect(await change('two', 'one')).toEqual({ rule: 'greeting', by: 'SIGHUP' });
    expect(await change('two', 'two')).toEqual({ rule: 'farewell', by: 'http' });

    await apply([rulesMap(rules({ greeting: BY_HTTP, farewell: BY_SIGNAL }))]);
    await pod.pokeUntil(
      pod.waitForLine('rehup', 'that the rules changed', says('configuration changed')),
    );
    expect(await change('three', 'two')).toEqual({ rule: 'greeting', by: 'http' });

    await apply([rulesMap('rules:\n  - name: greeting\n    sginal: SIGHUP\n')]);
    const kept = await pod.pokeUntil(
      pod.waitForLine('rehup', 'that it keeps the rules', says('configuration kept')),
    );
    expect(kept.text).toContain('did you mean signal?');
    expect(await change('three', 'three')).toEqual({ rule: 'farewell', by: 'SIGHUP' });
  });
});

/** Key → how it is reloaded, as a file of rules: YAML has JSON in it. */
function rules(actions: Readonly<Record<string, Action>>): string {
  return JSON.stringify({
    rules: Object.entries(actions).map(([key, action]) => ({ name: key, include: key, ...action })),
  });
}
