import { describe, expect, it } from 'vitest';
import { openssl, pidNamespaces } from '../../../support/abilities.ts';
import { useAuthority } from '../../../support/use-authority.ts';
import { createPromptScene } from '../../../support/prompt-scene.ts';

const { missing, note } = pidNamespaces.missing ? pidNamespaces : openssl;

describe.skipIf(missing)(`prompt sync${note}`, () => {
  const authority = useAuthority();

  it('has the kubelet bring a change, and reloads the app, with one patch', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.told({ msg: 'prompt sync set up', object: 'ConfigMap/app-config' });
    await scene.watching();
    scene.apply('two');
    await scene.app.line('reloaded two');
    const asked = await scene.told({ msg: 'kubelet asked to sync' });
    expect(asked).toMatchObject({ object: 'ConfigMap/app-config', mount: '/etc/config' });
    expect(scene.api.callsTo({ verb: 'patch' })).toHaveLength(1);
    expect(await scene.rehup.stop()).toBe(0);
  });
});
