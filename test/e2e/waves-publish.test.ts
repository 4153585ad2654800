import { expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import { hasOutcome, isStarted } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod } from './support/pod.ts';
import { sendSignal } from './support/pod-actions.ts';
import { startWaveFleet, type WaveFleet } from './support/wave-fleet.ts';

const namespace = useNamespace();

/** Ends the app by force, and waits until the kubelet has started it again: what it read. */
async function restartApp(fleet: WaveFleet, name: string): Promise<string | null | undefined> {
  const [before] = (await fleet.logs(name, 'app')).filter(isStarted);
  await sendSignal(followPod({ namespace: namespace(), name }, []), 'SIGKILL', 'app');
  const after = await waitForCluster(`the app of ${name} to start again`, async () => {
    const started = (await fleet.logs(name, 'app')).find(isStarted);
    return started?.text === before?.text ? undefined : started;
  });
  return Object.values(after.content ?? {})[0];
}

it('keeps published content that kills the app to one pod of ten, and not even that one starts with it again', async () => {
  const fleet = await startWaveFleet({ namespace: namespace(), publishes: true });
  await fleet.greet('two');
  await fleet.waitForAll('two');

  await fleet.greet('deadly');
  const held = await fleet.waitForHeld();
  const [first = ''] = fleet.pods.filter((pod) => !held.includes(pod));
  const rolledBack = await waitForCluster('the first pod to have gone back', async () => {
    return (await fleet.logs(first, 'rehup')).find(hasOutcome('rolled-back'));
  });
  expect(rolledBack.reason).toContain('the last good content is published again');
  await fleet.waitForAll('two');
  for (const pod of held) {
    const read = (await fleet.logs(pod, 'app')).map(({ text }) => text).join('\n');
    expect(read).not.toContain('deadly');
  }

  for (const pod of [first, ...held.slice(0, 2)]) expect(await restartApp(fleet, pod)).toBe('two');

  for (const pod of held) {
    const { state, reason, remedy } = await fleet.status(pod);
    expect(state).toBe('pending');
    expect(reason).toContain(`the pod ${first} took this content first, and it went wrong: `);
    expect(reason).toContain('rolled-back');
    expect(remedy).toContain(`put the last good version of ConfigMap/${fleet.name} back`);
    expect(remedy).toContain(`kubectl -n ${namespace()} apply -f`);
  }
  expect(JSON.parse((await fleet.rejected()) ?? '{}')).toMatchObject({ by: first });

  await fleet.greet('three');
  await fleet.waitForAll('three');
});
