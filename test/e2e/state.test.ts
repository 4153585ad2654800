import { describe, expect, it } from 'vitest';

import { hasRead, isReloaded, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { sendSignal, waitForFile } from './support/pod-actions.ts';
import { emptyDir } from './support/pod-spec.ts';
import { waitForRestart, type Pod } from './support/pod.ts';
import { GREETING, startScenario, type ScenarioOptions } from './support/scenario.ts';

const namespace = useNamespace();

const withState: ScenarioOptions = {
  rehup: { env: { REHUP_STATE_DIR: '/state' }, mounts: { state: '/state' } },
  volumes: { state: emptyDir },
};

describe.concurrent('rehup that is killed', () => {
  it.each<{ how: string; options: ScenarioOptions; read: readonly string[] }>([
    { how: 'does not reload again with', options: withState, read: ['two', 'three'] },
    // The app is older than the content: nothing tells that it was reloaded since.
    { how: 'reloads once more without', options: {}, read: ['two', 'two', 'three'] },
  ])('$how a state directory', async ({ options, read }) => {
    await using scenario = await startScenario(namespace(), options);
    const { pod } = scenario;
    await scenario.reloadWith('two');
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

    await sendSignal(pod, 'SIGKILL', 'rehup');
    await pod.waitForLine('rehup', 'that it watches again', says('watching'), { nth: 2 });
    await pod.waitForLine('rehup', 'what it does at its start', says('reloaded'), {
      nth: read.length - 1,
    });
    await scenario.reloadWith('three');

    expect(await textsRead(pod)).toEqual(read);
  });

  it('applies what changed meanwhile, once', async () => {
    await using scenario = await startScenario(namespace(), withState);
    const { pod } = scenario;
    await scenario.reloadWith('two');
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

    // A stopped process sees nothing: the update falls into the gap for certain.
    await sendSignal(pod, 'SIGSTOP', 'rehup');
    await scenario.setGreeting('three');
    await pod.pokeUntil(waitForFile(pod, GREETING, 'three'));
    await sendSignal(pod, 'SIGKILL', 'rehup');
    await waitForRestart(pod, 'rehup');

    await pod.waitForLine('app', 'that it has read the new text', hasRead(GREETING, 'three'));
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'), { nth: 2 });
    expect(await textsRead(pod)).toEqual(['two', 'three']);
  });
});

async function textsRead(pod: Pod): Promise<(string | null | undefined)[]> {
  return (await pod.logs('app')).filter(isReloaded).map(({ content }) => content?.[GREETING]);
}
