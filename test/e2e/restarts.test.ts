import { describe, expect, it } from 'vitest';

import { hasRead, isReloaded, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { sendSignal, waitForFile } from './support/pod-actions.ts';
import { waitForRestart } from './support/pod.ts';
import { GREETING, startScenario } from './support/scenario.ts';

const namespace = useNamespace();

describe('over restarts', () => {
  it('reaches the new process after the container of the app has restarted', async () => {
    await using scenario = await startScenario(namespace());
    const { pod } = scenario;
    await scenario.reloadWith('two');
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    const before = await pod.waitForLine('app', 'that it has started', isStarted);

    await sendSignal(pod, 'SIGTERM', 'app');
    const after = await pod.waitForLine('app', 'that it has started again', isStarted, { nth: 2 });
    expect(after.pid).not.toBe(before.pid);
    expect(after.content).toEqual({ [GREETING]: 'two' });

    await scenario.reloadWith('three');
    await pod.waitForLine('rehup', 'the second reload', says('reloaded'), { nth: 2 });
    // The new process had read the second text when it started: it needed no reload for that.
    const reloads = (await pod.logs('app')).filter(isReloaded);
    expect(reloads.map((reload) => reload.content?.[GREETING])).toEqual(['three']);
  });

  it('does not lose an update made while rehup was being restarted', async () => {
    await using scenario = await startScenario(namespace());
    const { pod } = scenario;

    // A stopped process sees nothing: the update falls into the gap for certain.
    await sendSignal(pod, 'SIGSTOP', 'rehup');
    await scenario.setGreeting('two');
    await pod.pokeUntil(waitForFile(pod, GREETING, 'two'));
    await sendSignal(pod, 'SIGKILL', 'rehup');
    await waitForRestart(pod, 'rehup');

    await pod.waitForLine('app', 'that it has reloaded', hasRead(GREETING, 'two'));
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect((await pod.logs('app')).filter(isReloaded)).toHaveLength(1);
  });
});
