import { describe, expect, it } from 'vitest';

import { hasOutcome, hasRead, isReloaded, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { appContainer } from './support/pod-spec.ts';
import { REHUP_MOUNT, startSidecarPod } from './support/sidecar-pod.ts';

const APP_MOUNT = '/etc/app';

interface Case {
  readonly key: string;
  readonly good: string;
  readonly broken: string;
  readonly place: string;
  readonly corrected: string;
}

const namespace = useNamespace();

describe.concurrent('REHUP_VALIDATE', () => {
  it.each<Case>([
    {
      key: 'app.json',
      good: '{"greeting": "one"}',
      broken: '{\n  "greeting": two\n}',
      place: 'line 2, column 15',
      corrected: '{"greeting": "two"}',
    },
    {
      key: 'app.yaml',
      good: 'greeting: one\n',
      broken: 'greeting: one\nfarewell: [one\n',
      place: 'line 3, column 1',
      corrected: 'greeting: two\n',
    },
  ])('keeps a broken $key from the app, and gives it the corrected one', async (example) => {
    const { key, good, broken, place, corrected } = example;
    const path = `${APP_MOUNT}/${key}`;
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [appContainer({ env: { APP_FILES: path }, mounts: { config: APP_MOUNT } })],
      rehup: { env: { REHUP_VALIDATE: '*.json=json,*.yaml=yaml' } },
      data: { [key]: good },
    });
    const { pod } = sidecarPod;
    await pod.waitForLine('app', 'that it has started', isStarted);

    const refused = await sidecarPod.changeAndHear(
      { [key]: broken },
      'that the content is invalid',
      hasOutcome('invalid'),
    );
    expect(refused.reason).toContain(`${REHUP_MOUNT}/${key}, ${place}`);
    expect(refused.remedy).toContain(key);

    await sidecarPod.changeAndHear({ [key]: corrected }, 'that it has reloaded', says('reloaded'));

    // The first reload of the app is the one with the corrected content.
    const reloads = (await pod.logs('app')).filter(isReloaded);
    expect(reloads).toHaveLength(1);
    expect(reloads.every(hasRead(path, corrected))).toBe(true);
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });
  });
});
