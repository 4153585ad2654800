import { STATE_DIRECTORY } from '../../../config/conflicts.ts';
import { environmentName } from '../../../config/option.ts';
import { loadConfig } from '../../../config/load.ts';
import { optionNames, options } from '../../../config/options.ts';
import {
  fieldVariable,
  POD_FIELDS,
  POD_RESTART_RULE,
  STARTUP,
  STATE_VOLUME,
} from '../../manifest/conventions.ts';
import { tokenMount, tokenVolume } from '../../manifest/token.ts';
import { createContainer } from '../container.ts';
import type { InjectOptions } from '../request.ts';
import { readPod } from '../../manifest/pod.ts';
import { Expression, listOf, quote, toCel } from './cel.ts';
import type { Named } from './decisions.ts';

/** How one change is written: as the API server has it, or as plain data for a test. */
export type WritePatch = (path: string, value: string) => string;

export const writePatch: WritePatch = (path, value) =>
  `JSONPatch{op: "add", path: ${path}, value: ${value}}`;

/** An option of rehup as an annotation: `rehup.dev/signal`. */
const OPTIONS = optionNames.map((name) => {
  const { flag } = options[name];
  return `[${quote(`rehup.dev/${flag}`)}, ${quote(environmentName(flag))}]`;
});

const has = (flag: string): string => `${quote(`rehup.dev/${flag}`)} in variables.annotations`;
const is = (flag: string, value: string): string =>
  `(${has(flag)} && variables.annotations[${quote(`rehup.dev/${flag}`)}] == ${quote(value)})`;
const isOn = (flag: string): string =>
  `(${has(flag)} && !(variables.annotations[${quote(`rehup.dev/${flag}`)}] in ["", "false", "off"]))`;

/** What the annotations say: `readEnvironment`, `actsOnProcess`, `needsState`. */
export const settings: readonly Named[] = [
  {
    name: 'annotations',
    expression: 'has(object.metadata.annotations) ? object.metadata.annotations : {}',
  },
  {
    name: 'given',
    expression: `[${OPTIONS.join(', ')}].filter(o, o[0] in variables.annotations).map(o, {"name": dyn(o[1]), "value": dyn(variables.annotations[o[0]])})`,
  },
  {
    name: 'actsOnProcess',
    expression: `${isOn('on-failure')} || (!(${has('url')}) && !(${has('exec')}) && !${is('restart', 'rollout')} && !${is('restart', 'pod')})`,
  },
  {
    name: 'usesApi',
    expression: `${isOn('prompt')} || ${isOn('events')} || ${isOn('wave')} || ${isOn('keep')} || ${has('source')} || ${is('restart', 'rollout')}`,
  },
  { name: 'restartsPod', expression: is('restart', 'pod') },
  {
    // A restart of the pod has to be remembered.
    name: 'stateDir',
    expression: `${has('state-dir')} ? variables.annotations["rehup.dev/state-dir"] : (variables.restartsPod ? ${quote(STATE_DIRECTORY)} : "")`,
  },
  {
    name: 'listens',
    expression: `!(${has('listen')})`,
  },
];

/** What follows from the pod: `completeEnvironment`. */
export const derived: readonly Named[] = [
  {
    name: 'derived',
    expression: [
      derive(
        'REHUP_LISTEN',
        'variables.listens && (variables.isOnNode || variables.port != 9533)',
        '(variables.isOnNode ? "127.0.0.1:" : ":") + string(variables.port)',
      ),
      // By itself rehup watches only what the kubelet updates.
      derive(
        'REHUP_WATCH',
        `!(${has('watch')}) && variables.sources.exists(v, has(v.csi))`,
        'variables.mounts.map(m, m.mountPath).join(",")',
      ),
      derive(
        'REHUP_STATE_DIR',
        `!(${has('state-dir')}) && variables.restartsPod`,
        'variables.stateDir',
      ),
      // Beside a native sidecar init containers run, too: rehup restarts none that could be one.
      derive(
        'REHUP_TARGET',
        `!(${has('target')}) && ${is('restart', 'container')} && size(variables.targets) == 1`,
        '"container:" + variables.targets[0].name',
      ),
    ].join(' + '),
  },
];

function derive(name: string, when: string, value: string): string {
  return `(${when} ? [{"name": dyn(${quote(name)}), "value": dyn(${value})}] : [])`;
}

/** All changes, one list after the other. */
export function createMutation(wanted: Wanted, patch: WritePatch): string {
  const container = createSidecar(wanted);
  const at = `"/spec/initContainers/" + string(size(${listOf('object.spec.initContainers')}))`;
  const probes = wanted.probes ? 'variables.listens' : 'false';
  const ports = wanted.ports ? 'variables.listens && !variables.isOnNode' : 'false';
  const steps: [string, ...string[]][] = [
    ['!has(object.spec.initContainers)', patch('"/spec/initContainers"', '[]')],
    ['!has(object.spec.volumes)', patch('"/spec/volumes"', '[]')],
    ['true', patch('"/spec/initContainers/-"', toCel(container))],
    ['variables.uid >= 0', patch(`${at} + "/securityContext/runAsUser"`, 'variables.uid')],
    [ports, patch(`${at} + "/ports"`, toCel([{ name: 'rehup', containerPort: PORT }]))],
    [
      probes,
      patch(`${at} + "/startupProbe"`, toCel(createProbe('/readyz', STARTUP))),
      patch(`${at} + "/livenessProbe"`, toCel(createProbe('/healthz', {}))),
    ],
    [
      `(${probes}) && variables.isOnNode`,
      patch(`${at} + "/startupProbe/httpGet/host"`, quote('127.0.0.1')),
      patch(`${at} + "/livenessProbe/httpGet/host"`, quote('127.0.0.1')),
    ],
    ['variables.restartsPod', patch(`${at} + "/restartPolicyRules"`, toCel([POD_RESTART_RULE]))],
    ['variables.actsOnProcess', patch('"/spec/shareProcessNamespace"', 'true')],
    [
      'variables.stateDir != ""',
      patch('"/spec/volumes/-"', toCel({ name: STATE_VOLUME, emptyDir: new Expression('{}') })),
      patch(
        `${at} + "/volumeMounts/-"`,
        toCel({
          name: STATE_VOLUME,
          mountPath: new Expression('variables.stateDir'),
        }),
      ),
    ],
    [
      'variables.usesApi',
      patch('"/spec/volumes/-"', toCel(tokenVolume)),
      patch(`${at} + "/volumeMounts/-"`, toCel(tokenMount)),
      ...[...POD_FIELDS.keys()].map((name) =>
        patch(`${at} + "/env/-"`, toCel(fieldVariable(name))),
      ),
    ],
  ];
  return steps
    .filter(([when]) => when !== 'false')
    .map(([when, ...patches]) =>
      when === 'true' ? `[${patches.join(', ')}]` : `(${when} ? [${patches.join(', ')}] : [])`,
    )
    .join(' +\n');
}

export type Wanted = Pick<InjectOptions, 'platform' | 'image' | 'ports' | 'probes' | 'resources'>;

const PORT = new Expression('variables.port');

function createProbe(path: string, timing: object): object {
  return { httpGet: { path, port: PORT }, ...timing };
}

/** The container that `inject` writes, with what depends on the pod left to the policy. */
function createSidecar({ image, resources }: Wanted): object {
  const pod = readPod({ containers: [] }, [], undefined);
  const container = createContainer(
    { pod },
    {
      form: 'native',
      image,
      resources,
      volumes: undefined,
      container: undefined,
      uid: undefined,
      settings: loadConfig({ flags: {}, env: {} }).settings,
      usesApi: false,
      ports: false,
      probes: false,
      env: [],
      sources: [],
    },
  );
  const security = 'securityContext' in container ? (container.securityContext as object) : {};
  return {
    ...container,
    env: new Expression('variables.given + variables.derived'),
    securityContext: { ...security, runAsNonRoot: new Expression('variables.uid != 0') },
    volumeMounts: new Expression('variables.mounts'),
  };
}
