// What the SCC restricted-v2 makes of a pod, on a cluster without OpenShift: a uid that no image knows, group
// 0, a group for the files, no capability.
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

import { apply, type KubernetesObject, randomName } from './support/cluster.ts';
import { APP_IMAGE, REHUP_IMAGE } from './support/image-names.ts';
import { hasRead, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { secret } from './support/pod-spec.ts';
import { followPod } from './support/pod.ts';

const namespace = useNamespace();

/** The first of a namespace's range. */
const ASSIGNED = 1_000_660_000;

/** No user anywhere, and a key that only its owner may read. */
function ask(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespace() },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 2,
      containers: [
        {
          name: 'app',
          image: APP_IMAGE,
          env: [{ name: 'APP_FILES', value: '/etc/app/greeting' }],
          volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
        },
      ],
      volumes: [{ name: 'config', secret: { secretName: name, defaultMode: 0o400 } }],
    },
  };
}

type Container = { securityContext?: object };
type Admitted = KubernetesObject & {
  spec: { containers: Container[]; securityContext?: object };
};

/** What the admission writes into it. */
function admit(pod: Admitted): Admitted {
  const containers = pod.spec.containers.map((container) => ({
    ...container,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      ...container.securityContext,
      runAsUser: ASSIGNED,
    },
  }));
  const securityContext = { fsGroup: ASSIGNED, seccompProfile: { type: 'RuntimeDefault' } };
  return { ...pod, spec: { ...pod.spec, securityContext, containers } };
}

it('reloads as an arbitrary user of the group 0, with what inject writes for OpenShift', async () => {
  const name = randomName('openshift');
  const command = [
    fileURLToPath(new URL('../../cmd/main.ts', import.meta.url)),
    'inject',
    '--platform=openshift',
    '--sidecar=plain',
    `--image=${REHUP_IMAGE}`,
    '--env=REHUP_STATE_DIR=/state',
    '-',
  ];
  const { stdout, exitCode } = await execa(process.execPath, command, {
    input: JSON.stringify(ask(name)),
  });
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('runAsUser');
  const pod = admit(JSON.parse(stdout) as Admitted);
  await apply([secret(namespace(), name, { greeting: 'one' }), pod]);
  await using followed = followPod({ namespace: namespace(), name }, ['app', 'rehup']);
  await followed.waitForLine('rehup', 'that it watches', says('watching'));
  expect(
    (await followed.exec('rehup', 'node', '-p', '[process.getuid(), process.getgid()]')).trim(),
  ).toBe(`[ ${ASSIGNED}, 0 ]`);

  await apply([secret(namespace(), name, { greeting: 'two' })]);
  await followed.pokeUntil(
    followed.waitForLine('app', 'that it has reloaded', hasRead('/etc/app/greeting', 'two')),
  );
  await followed.waitForLine('rehup', 'that it has reloaded', says('reloaded'));

  // What else a user does with it: all of it as that uid, on a read-only root.
  const findings = JSON.parse(
    await followed.exec('rehup', 'rehup', 'doctor', '--output', 'json'),
  ) as {
    findings: { status: string; id?: string }[];
  };
  expect(findings.findings.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(await followed.exec('rehup', 'rehup', 'status')).toContain('reloaded');
  await followed.exec('rehup', 'rehup', 'trigger');
  await followed.waitForLine('rehup', 'that it has reloaded again', says('reloaded'), { nth: 2 });
});
