// The level `restricted` of the Pod Security Standards, for pods of Linux, as of Kubernetes 1.34:
// https://kubernetes.io/docs/concepts/security/pod-security-standards/

import { parseAllDocuments } from 'yaml';

type Fields = Readonly<Record<string, unknown>>;

/** Of one pod spec, what it says against the level. Empty: it is admitted. */
export function findViolations(pod: Fields): string[] {
  return [
    ...podRules.flatMap(([rule, holds]) => (holds(pod) ? [] : [rule])),
    ...containersOf(pod).flatMap((container) =>
      containerRules.flatMap(([rule, holds]) =>
        holds(container, pod) ? [] : [`${String(container['name'])}: ${rule}`],
      ),
    ),
  ];
}

export function containersOf(pod: Fields): Fields[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) => list(pod[kind]));
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SELINUX = [
  undefined,
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];

/** `shareProcessNamespace` is in none of the standards: it is allowed at each level. */
const podRules: [rule: string, holds: (pod: Fields) => boolean][] = [
  ['host namespaces', (pod) => isNone(pod, 'hostNetwork', 'hostPID', 'hostIPC')],
  [
    'volume types',
    (pod) =>
      list(pod['volumes']).every((volume) =>
        Object.keys(volume).every((kind) => kind === 'name' || VOLUMES.includes(kind)),
      ),
  ],
  ['sysctls', (pod) => list(security(pod)['sysctls']).length === 0],
];

const containerRules: [rule: string, holds: (container: Fields, pod: Fields) => boolean][] = [
  ['privileged', (container) => isNone(security(container), 'privileged')],
  [
    'hostProcess',
    (container) => isNone(record(security(container)['windowsOptions']), 'hostProcess'),
  ],
  ['host ports', (container) => list(container['ports']).every((port) => isNone(port, 'hostPort'))],
  ['host probes', (container) => !hasHost(container)],
  ['procMount', (container) => isOneOf(security(container)['procMount'], [undefined, 'Default'])],
  [
    'SELinux options',
    (container, pod) =>
      [container, pod].every((part) => {
        const { type, user, role } = record(security(part)['seLinuxOptions']);
        return isOneOf(type, SELINUX) && user === undefined && role === undefined;
      }),
  ],
  [
    'AppArmor profile',
    (container, pod) =>
      [container, pod].every(
        (part) => record(security(part)['appArmorProfile'])['type'] !== 'Unconfined',
      ),
  ],
  [
    'allowPrivilegeEscalation',
    (container) => security(container)['allowPrivilegeEscalation'] === false,
  ],
  ['runAsNonRoot', (container, pod) => nearest(container, pod, 'runAsNonRoot') === true],
  [
    'runAsUser',
    (container, pod) => [container, pod].every((part) => security(part)['runAsUser'] !== 0),
  ],
  [
    'seccompProfile',
    (container, pod) =>
      isOneOf(record(nearest(container, pod, 'seccompProfile'))['type'], [
        'RuntimeDefault',
        'Localhost',
      ]),
  ],
  [
    'capabilities',
    (container) => {
      const { drop, add = [] } = record(security(container)['capabilities']);
      const added = Array.isArray(add) ? add : [add];
      return (
        Array.isArray(drop) &&
        drop.includes('ALL') &&
        added.every((capability) => capability === 'NET_BIND_SERVICE')
      );
    },
  ],
];

function security(part: Fields): Fields {
  return record(part['securityContext']);
}

/** The container's own, or that of the pod. */
function nearest(container: Fields, pod: Fields, field: string): unknown {
  return security(container)[field] ?? security(pod)[field];
}

const HOOKS = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function hasHost(container: Fields): boolean {
  const { postStart, preStop } = record(container['lifecycle']);
  const hooks = [...HOOKS.map((name) => container[name]), postStart, preStop].map(record);
  return hooks.some(({ httpGet, tcpSocket }) =>
    [httpGet, tcpSocket].some((target) => Boolean(record(target)['host'])),
  );
}

function isNone(part: Fields, ...fields: readonly string[]): boolean {
  return fields.every((field) => !part[field]);
}

function isOneOf(value: unknown, allowed: readonly unknown[]): boolean {
  return allowed.includes(value);
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** All pod specs in a text of YAML, wherever they are: whole objects, templates, pieces of pages. */
export function findPods(yaml: string): Fields[] {
  const pods: Fields[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('containers' in value && Array.isArray(value.containers)) pods.push(value);
    else for (const inner of Object.values(value)) visit(inner);
  };
  for (const document of parseAllDocuments(yaml)) visit(document.toJS());
  return pods;
}
