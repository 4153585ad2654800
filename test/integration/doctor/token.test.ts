// The token of the service account is for rehup alone.
import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { CONFIG, startPod } from '../../support/doctor/situation.ts';

const TOKEN = { volume: 'token', path: '/run/secrets/kubernetes.io/serviceaccount' };

async function diagnose(app: (typeof TOKEN)[], env: Record<string, string>): Promise<unknown> {
  const config = { volume: 'config' };
  await using pod = await startPod({
    volumes: { ...CONFIG, token: { payload: { token: 'x' }, kind: 'secret' } },
    containers: { app: [config, ...app], rehup: [config, TOKEN] },
    apps: { app: {} },
    rehup: { env },
  });
  const { problems } = await pod.doctor();
  return problems.filter(({ id }) => id === 'token-shared');
}

describe.skipIf(pidNamespaces.missing)(`rehup doctor and the token${pidNamespaces.note}`, () => {
  const events = { REHUP_EVENTS: 'true' };

  it('names token-shared where the app has it, too, with the volume that is for rehup alone', async () => {
    expect(await diagnose([TOKEN], events)).toMatchObject([
      {
        status: 'warn',
        seen: expect.stringContaining('is mounted in'),
        remedies: [
          {
            changes: [
              { path: 'spec.automountServiceAccountToken', value: 'false' },
              {
                path: 'spec.volumes',
                value: expect.stringContaining('[{name: rehup-token, projected'),
              },
              { path: 'spec.containers[name=rehup].volumeMounts' },
            ],
          },
        ],
      },
    ]);
  });

  it('says nothing where rehup alone has it, or where nothing of rehup needs it', async () => {
    expect(await diagnose([], events)).toEqual([]);
    expect(await diagnose([TOKEN], {})).toEqual([]);
  });
});
