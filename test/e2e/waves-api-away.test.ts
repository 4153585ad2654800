import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';

import { API_NOTE, cannotStopApi, stopApiServer } from './support/api-server.ts';
import { waitForCluster } from './support/deadline.ts';
import { useNamespace } from './support/namespace.ts';
import { APP_PORT, startWaveFleet, type WaveFleet } from './support/wave-fleet.ts';

const namespace = useNamespace();

/** Longer than the Lease lasts, and than the first pod needs for its verdict. */
const AWAY_MS = 32_000;

/** How long the first pod is at it. */
const AT_IT = '20s';

/** The API server goes while the first pod tries the content, and comes back. Returns that pod. */
async function loseApiServerMeanwhile(fleet: WaveFleet, text: string): Promise<string> {
  await fleet.greet(text);
  const first = await waitForCluster('a pod to try the content', async () => {
    const { state, by } = await fleet.lease();
    return state === 'trying' ? by : undefined;
  });
  await using _ = await stopApiServer();
  await delay(AWAY_MS);
  return first;
}

/** What the pods have logged of waves: `POD STAGE`. */
async function newsOf(fleet: WaveFleet): Promise<string[]> {
  const all: string[] = [];
  for (const pod of fleet.pods) {
    for (const { msg, text } of await fleet.logs(pod, 'rehup')) {
      if (msg === 'wave') all.push(`${pod} ${(JSON.parse(text) as { stage: string }).stage}`);
    }
  }
  return all;
}

it.skipIf(cannotStopApi)(
  `a wave of ten pods ends right where the API server stops in the middle of it, and comes back${API_NOTE}`,
  { timeout: 600_000 },
  async () => {
    const env = {
      REHUP_SOAK: AT_IT,
      REHUP_VERIFY_URL: `http://127.0.0.1:${APP_PORT}/content`,
      REHUP_VERIFY_TIMEOUT: AT_IT,
    };
    const fleet = await startWaveFleet({ namespace: namespace(), env });

    const first = await loseApiServerMeanwhile(fleet, 'two');
    await fleet.waitForAll('two');
    // Nobody took over from a pod that could not be heard, and nobody went on without being asked.
    await waitForCluster('the verdict', async () => (await fleet.lease()).state === 'good');
    const news = await newsOf(fleet);
    expect(news).toEqual(expect.arrayContaining([`${first} first`, `${first} good`]));
    expect(news).toHaveLength(2);

    const next = await loseApiServerMeanwhile(fleet, 'broken');
    const held = await fleet.waitForHeld();
    expect(held).not.toContain(next);
    const texts = await fleet.texts();
    for (const pod of held) expect(texts.get(pod)).toBe('two');
    for (const pod of held) expect((await fleet.status(pod)).reason).toContain(next);
    expect(await fleet.lease()).toMatchObject({ state: 'bad', by: next });

    await fleet.greet('three');
    await fleet.waitForAll('three');
  },
);
