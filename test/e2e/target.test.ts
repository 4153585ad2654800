import { describe, expect, it } from 'vitest';

import { hasOutcome, isReloaded } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import type { Pod } from './support/pod.ts';
import { startScenario } from './support/scenario.ts';

const namespace = useNamespace();
const apps = [{ name: 'first' }, { name: 'second' }, { name: 'third' }];

describe('three containers that mount the same ConfigMap', () => {
  it('signals only the container that REHUP_TARGET names', async () => {
    await using scenario = await startScenario(namespace(), {
      apps,
      rehup: { env: { REHUP_TARGET: 'container:second' } },
    });

    await scenario.reloadWith('two', 'second');
    await scenario.pod.waitForLine('rehup', 'that it has reloaded', hasOutcome('reloaded'));

    expect(await countReloads(scenario.pod)).toEqual([0, 1, 0]);
  });

  it('signals none of them unasked, and names the setting that chooses', async () => {
    await using scenario = await startScenario(namespace(), { apps });
    const { pod } = scenario;

    await scenario.setGreeting('two');
    const line = await pod.pokeUntil(
      pod.waitForLine('rehup', 'that the target is ambiguous', hasOutcome('ambiguous-target')),
    );

    expect(line.remedy).toContain('REHUP_TARGET');
    for (const { name } of apps) expect(line.text).toContain(name);
    expect(await countReloads(pod)).toEqual([0, 0, 0]);
  });
});

function countReloads(pod: Pod): Promise<number[]> {
  return Promise.all(
    apps.map(async ({ name }) => (await pod.logs(name)).filter(isReloaded).length),
  );
}
