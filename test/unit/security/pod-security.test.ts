// What we tell people to paste is admitted by the Pod Security level `restricted`.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containersOf, findPods, findViolations } from '../../support/pod-security.ts';

type Fields = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** A pod spec with everything that a shared process namespace and the level ask for. */
const good = {
  shareProcessNamespace: true,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
  volumes: [{ name: 'config', configMap: { name: 'app' } }],
};

const [app] = good.containers;
const { securityContext } = app ?? {};

const withContainer = (more: Fields): Fields => ({ ...good, containers: [{ ...app, ...more }] });
const withSecurity = (more: Fields): Fields =>
  withContainer({ securityContext: { ...securityContext, ...more } });

const bad: [rule: string, pod: Fields][] = [
  ['host namespaces', { ...good, hostPID: true }],
  ['volume types', { ...good, volumes: [{ name: 'node', hostPath: { path: '/' } }] }],
  ['sysctls', { ...good, securityContext: { ...good.securityContext, sysctls: [{ name: 'a' }] } }],
  ['app: privileged', withSecurity({ privileged: true })],
  ['app: hostProcess', withSecurity({ windowsOptions: { hostProcess: true } })],
  ['app: host ports', withContainer({ ports: [{ hostPort: 80 }] })],
  ['app: host probes', withContainer({ livenessProbe: { httpGet: { host: '127.0.0.1' } } })],
  ['app: procMount', withSecurity({ procMount: 'Unmasked' })],
  ['app: SELinux options', withSecurity({ seLinuxOptions: { type: 'spc_t' } })],
  ['app: AppArmor profile', withSecurity({ appArmorProfile: { type: 'Unconfined' } })],
  ['app: allowPrivilegeEscalation', withSecurity({ allowPrivilegeEscalation: true })],
  ['app: runAsNonRoot', withSecurity({ runAsNonRoot: false })],
  ['app: runAsUser', withSecurity({ runAsUser: 0 })],
  ['app: seccompProfile', withSecurity({ seccompProfile: { type: 'Unconfined' } })],
  ['app: capabilities', withSecurity({ capabilities: { drop: ['KILL'] } })],
  ['app: capabilities', withSecurity({ capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } })],
];

describe('the level restricted', () => {
  it('admits a pod that shares its process namespace', () => {
    expect(findViolations(good)).toEqual([]);
  });

  it.each(bad)('refuses: %s', (rule, pod) => {
    expect(findViolations(pod)).toEqual([rule]);
  });
});

/** The sidecar in the pod that it is meant for: what the app does is its own. */
function withoutApps(pod: Fields): Fields {
  const only = (kind: string): Fields[] =>
    containersOf({ [kind]: pod[kind] }).filter(({ name }) => name === 'rehup');
  return { ...pod, initContainers: only('initContainers'), containers: only('containers') };
}

const manifests = globSync('examples/*/manifest.yaml', { cwd: root }).toSorted();
const copied = `${read('README.md')}\n${read('docs/install.md')}`;
const blocks = [...copied.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];

describe('the sidecar', () => {
  it.each(blocks.map(([, yaml = ''], index) => [index + 1, yaml] as const))(
    'is admitted as in manifest %i of README and installation',
    (_, yaml) => {
      const pods = findPods(yaml).map(withoutApps);
      expect(pods.flatMap(containersOf).map(({ name }) => name)).toEqual(['rehup']);
      expect(pods.flatMap(findViolations)).toEqual([]);
    },
  );

  it.each(manifests)('is admitted as in %s', (manifest) => {
    const pods = findPods(read(manifest)).map(withoutApps);
    expect(pods.flatMap(containersOf).map(({ name }) => name)).toEqual(['rehup']);
    expect(pods.flatMap(findViolations)).toEqual([]);
  });

  it.each(manifests)('cannot write to its own file system in %s', (manifest) => {
    const [rehup] = findPods(read(manifest)).map(withoutApps).flatMap(containersOf);
    expect(rehup?.['securityContext']).toMatchObject({ readOnlyRootFilesystem: true });
  });
});

describe('the whole pod', () => {
  it.each(manifests)('is admitted as in %s', (manifest) => {
    expect(findPods(read(manifest)).flatMap(findViolations)).toEqual([]);
  });
});
