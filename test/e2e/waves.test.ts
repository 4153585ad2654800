import { expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import { readMemory } from './support/footprint.ts';
import { kubectl } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod } from './support/pod.ts';
import { APP_PORT, startWaveFleet } from './support/wave-fleet.ts';

/** Of anonymous memory, with prompt sync and a wave. */
const BUDGET = 24 * 2 ** 20;

const namespace = useNamespace();

/** In bytes. */
async function anonymousOf(name: string): Promise<number> {
  const { anonymous } = await readMemory(followPod({ namespace: namespace(), name }, []), 'rehup');
  return anonymous;
}

function toMebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

it.each([
  { what: 'makes the app die', text: 'deadly', env: {}, outcome: 'target-died' },
  {
    what: 'makes the app answer 500',
    text: 'broken',
    env: {
      REHUP_VERIFY_URL: `http://127.0.0.1:${APP_PORT}/content`,
      REHUP_VERIFY_TIMEOUT: '2s',
    },
    outcome: 'unverified',
  },
])(
  'stops content that $what at the first of ten pods, and brings all what is good',
  async ({ text, env, outcome }) => {
    const fleet = await startWaveFleet({ namespace: namespace(), env });
    await fleet.greet('two');
    await fleet.waitForAll('two');

    await fleet.greet(text);
    const held = await fleet.waitForHeld();
    const texts = await fleet.texts();
    for (const pod of held) expect(texts.get(pod)).toBe('two');
    const [first = ''] = fleet.pods.filter((pod) => !held.includes(pod));
    for (const pod of held.slice(0, 2)) {
      const { state, reason, remedy } = await fleet.status(pod);
      expect(state).toBe('pending');
      expect(reason).toContain(first);
      expect(reason).toContain(outcome);
      expect(remedy).toContain(`ConfigMap/${fleet.name}`);
    }
    const rejected = JSON.parse((await fleet.rejected()) ?? '{}') as object;
    expect(rejected).toMatchObject({ by: first, outcome });
    const events = await kubectl([
      'get',
      'events',
      `--namespace=${namespace()}`,
      `--field-selector=involvedObject.name=${fleet.name},reason=ConfigRejected`,
      '--output=name',
    ]);
    expect(events.split('\n').filter(Boolean)).toHaveLength(1);

    await fleet.greet('three');
    await fleet.waitForAll('three');
    const memory = await Promise.all(fleet.pods.map(async (pod) => await anonymousOf(pod)));
    console.log(`  anonymous memory with a wave: ${memory.map(toMebibytes).join(', ')} MiB`);
    expect(Math.max(...memory)).toBeLessThanOrEqual(BUDGET);
    await waitForCluster('the rejection to be over', async () => {
      return (await fleet.rejected()) === undefined;
    });
  },
);
