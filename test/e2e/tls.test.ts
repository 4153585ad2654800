import { expect, it } from 'vitest';

import {
  canMakeCertificates,
  makeCertificates,
  type Certificates,
} from './support/certificates.ts';
import { apply, randomName } from './support/cluster.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { waitForFile } from './support/pod-actions.ts';
import { secret, secretVolume } from './support/pod-spec.ts';
import { startScenario } from './support/scenario.ts';
import { REHUP_MOUNT } from './support/sidecar-pod.ts';

const APP_TLS = '/etc/tls';
const REHUP_TLS = '/etc/client-tls';

const namespace = useNamespace();

it('reloads over mutual TLS, and takes rotated certificates without a restart', async ({
  skip,
}) => {
  if (!(await canMakeCertificates())) skip('certificates are made with OpenSSL 3');
  const name = randomName('tls');
  const rotate = (certificates: Certificates): Promise<void> =>
    apply([secret(namespace(), name, certificates)]);
  const first = await makeCertificates('first');
  await using scenario = await startScenario(namespace(), {
    apps: [
      {
        env: { APP_SIGNAL: 'none', APP_HTTP_PORT: '8443', APP_TLS },
        mounts: { tls: APP_TLS },
      },
    ],
    rehup: {
      env: {
        REHUP_URL: 'https://127.0.0.1:8443/-/reload',
        REHUP_CA_FILE: `${REHUP_TLS}/ca.crt`,
        REHUP_CERT_FILE: `${REHUP_TLS}/client.crt`,
        REHUP_KEY_FILE: `${REHUP_TLS}/client.key`,
        REHUP_WATCH: REHUP_MOUNT,
      },
      mounts: { tls: REHUP_TLS },
    },
    volumes: { tls: secretVolume(name) },
    objects: [secret(namespace(), name, first)],
  });
  const { pod } = scenario;
  expect(await scenario.reloadWith('two')).toMatchObject({ by: 'http', client: 'first' });
  await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

  // Signed by another CA than the one which the app trusts.
  const second = await makeCertificates('second');
  const { 'client.crt': certificate, 'client.key': key } = await makeCertificates('stranger');
  await rotate({ ...second, 'client.crt': certificate, 'client.key': key });
  await pod.pokeUntil(waitForFile(pod, `${APP_TLS}/client.crt`, certificate));
  const refused = await scenario.changeAndHear(
    { greeting: 'three' },
    'that the app does not accept its certificate',
    says('reload failed'),
  );
  expect(refused).toMatchObject({
    outcome: 'unreachable',
    remedy: expect.stringContaining('client certificate'),
  });

  await rotate(second);
  await pod.pokeUntil(
    pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'), { nth: 2 }),
  );
  const line = await pod.waitForLine('app', 'the client', ({ client }) => client === 'second');
  expect(Object.values(line.content ?? {})).toEqual(['three']);
  expect(await pod.status('rehup')).toMatchObject({ restartCount: 0 });
});
