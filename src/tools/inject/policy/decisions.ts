import { RELOADERS } from '../../../config/reloaders.ts';
import { watchedPath, SERVICE_ACCOUNT_PATH } from '../../manifest/conventions.ts';
import { OWN_FILES, SYSTEM_FILES } from '../../manifest/own-files.ts';
import { OPAQUE } from '../../manifest/volume.ts';
import { listOf, quote, words } from './cel.ts';

/** A name, and what it stands for: later ones may use earlier ones. */
export type Named = { name: string; expression: string };

const CONTAINERS = 'object.spec.containers';
const INITS = listOf('object.spec.initContainers');
/** The name of an image, without registry, tag and digest. */
function hasImage(container: string, names: string): string {
  return `(has(${container}.image) && ${container}.image.matches(${quote(`^([^@]*/)?(${names})(:[^/@]*)?(@.*)?$`)}))`;
}

/** Which pods the policy is for: the decisions of `planInjection`. */
export const conditions: readonly Named[] = [
  {
    name: 'has-no-rehup',
    expression: `!(${CONTAINERS} + ${INITS}).exists(c, c.name == "rehup" || ${hasImage('c', 'rehup(-[a-z0-9]+)*')} || (has(c.env) && c.env.exists(e, e.name.startsWith("REHUP_"))))`,
  },
  {
    name: 'is-linux',
    expression: `!(has(object.spec.os) && object.spec.os.name == "windows") && !(has(object.spec.nodeSelector) && ["kubernetes.io/os", "beta.kubernetes.io/os"].exists(k, k in object.spec.nodeSelector && object.spec.nodeSelector[k] == "windows")) && !(${CONTAINERS} + ${INITS}).exists(c, has(c.volumeMounts) && c.volumeMounts.exists(m, m.mountPath.matches("^[A-Za-z]:")))`,
  },
  {
    name: 'has-processes-of-its-own',
    expression: '!(has(object.spec.hostPID) && object.spec.hostPID)',
  },
];

/** Somebody's configuration: `readVolume`. */
const isConfiguration = `(has(v.configMap) || has(v.secret) || has(v.csi) || (has(v.projected) && has(v.projected.sources) && v.projected.sources.exists(s, has(s.secret) || (has(s.configMap) && (s.configMap.name != "kube-root-ca.crt" || !v.projected.sources.exists(t, has(t.serviceAccountToken)))) || ${OPAQUE.filter(
  (kind) => kind !== 'csi',
)
  .map((kind) => `has(s.${kind})`)
  .join(' || ')})))`;

/** Mounted as a whole, and not the service account's: `isChosen`. */
const isWhole = `(!has(m.subPath) || m.subPath == "") && (!has(m.subPathExpr) || m.subPathExpr == "") && m.mountPath != ${quote(SERVICE_ACCOUNT_PATH)} && !m.mountPath.startsWith(${quote(`${SERVICE_ACCOUNT_PATH}/`)})`;

/** The digit of a mode that holds for others, or for the group of root, lets them read. */
const isOpen = (mode: string): string =>
  `(${mode} % 8 >= 4 || (variables.isOfRoot && (${mode} / 8) % 8 >= 4))`;

const areOpen = (source: string): string =>
  `(!has(${source}.defaultMode) || ${isOpen(`${source}.defaultMode`)}) && ${itemsAreOpen(source)}`;

const itemsAreOpen = (source: string): string =>
  `(!has(${source}.items) || ${source}.items.all(i, !has(i.mode) || ${isOpen('i.mode')}))`;

/** The files are for everybody, or for the group of the pod, or rehup is root: `closedMode`. */
const isReadable = `(variables.uid == 0 || variables.hasGroup || ((!has(v.configMap) || (${areOpen('v.configMap')})) && (!has(v.secret) || (${areOpen('v.secret')})) && (!has(v.projected) || ((!has(v.projected.defaultMode) || ${isOpen('v.projected.defaultMode')}) && (!has(v.projected.sources) || v.projected.sources.all(s, (!has(s.configMap) || ${itemsAreOpen('s.configMap')}) && (!has(s.secret) || ${itemsAreOpen('s.secret')}) && (!has(s.downwardAPI) || ${itemsAreOpen('s.downwardAPI')})))))))`;

/** Whether a path is free in the image of rehup: `hidesOwnFiles`. */
const path = 'm.mountPath';
const hides = `(${words(SYSTEM_FILES)}.exists(f, ${path} == f || ${path}.startsWith(f + "/")) || ${words([...OWN_FILES, ...SYSTEM_FILES])}.exists(f, f == ${path} || f + "/" == ${path} || f.startsWith(${path}.endsWith("/") ? ${path} : ${path} + "/")))`;

const named = (volume: string): string => `m.name == ${volume}.name`;
const mountsOf = (test: string): string =>
  `variables.apps.exists(c, has(c.volumeMounts) && c.volumeMounts.exists(m, ${test}))`;
const first = (test: string): string =>
  `variables.apps.filter(c, has(c.volumeMounts) && c.volumeMounts.exists(m, ${test}))[0].volumeMounts.filter(m, ${test})[0]`;

/** As which user, with which volumes: `findUid`, `findSources`. */
export const variables: readonly Named[] = [
  {
    name: 'apps',
    expression: `${CONTAINERS}.filter(c, !${hasImage('c', RELOADERS.join('|'))})`,
  },
  {
    name: 'configuration',
    expression: `${listOf('object.spec.volumes')}.filter(v, ${isConfiguration})`,
  },
  {
    name: 'readers',
    expression: `variables.apps.filter(c, has(c.volumeMounts) && c.volumeMounts.exists(m, variables.configuration.exists(v, ${named('v')})))`,
  },
  {
    // -1: that of the image.
    name: 'podUid',
    expression:
      'has(object.spec.securityContext) && has(object.spec.securityContext.runAsUser) ? object.spec.securityContext.runAsUser : -1',
  },
  {
    name: 'uids',
    expression:
      'variables.readers.map(c, has(c.securityContext) && has(c.securityContext.runAsUser) ? c.securityContext.runAsUser : variables.podUid)',
  },
  {
    name: 'uid',
    expression: 'size(variables.uids) > 0 ? variables.uids[0] : variables.podUid',
  },
  {
    name: 'hasGroup',
    expression: 'has(object.spec.securityContext) && has(object.spec.securityContext.fsGroup)',
  },
  {
    name: 'isOfRoot',
    expression: `has(object.spec.securityContext) && ((has(object.spec.securityContext.runAsGroup) && object.spec.securityContext.runAsGroup == 0) || (has(object.spec.securityContext.supplementalGroups) && 0 in object.spec.securityContext.supplementalGroups))`,
  },
  {
    name: 'sources',
    expression: `variables.configuration.filter(v, ${isReadable} && ${mountsOf(`${named('v')} && ${isWhole}`)})`,
  },
  {
    name: 'targets',
    expression: `variables.apps.filter(c, has(c.volumeMounts) && c.volumeMounts.exists(m, variables.sources.exists(v, ${named('v')})))`,
  },
  {
    // Where files of rehup are, or another volume is, it is mounted elsewhere.
    name: 'mounts',
    expression: `variables.sources.map(v, {"name": dyn(v.name), "mountPath": dyn(${mountsOf(`${named('v')} && ${isWhole} && !${hides} && !variables.apps.exists(d, has(d.volumeMounts) && d.volumeMounts.exists(o, o.mountPath == m.mountPath && o.name != m.name))`)} ? ${first(`${named('v')} && ${isWhole} && !${hides}`)}.mountPath : ${quote(watchedPath(''))} + v.name)})`,
  },
  {
    name: 'port',
    expression: `[9533, 9534, 9535, 9536, 9537, 9538, 9539, 9540].filter(p, !(${CONTAINERS} + ${INITS}).exists(c, has(c.ports) && c.ports.exists(q, q.containerPort == p && (!has(q.protocol) || q.protocol == "TCP"))))[0]`,
  },
  {
    name: 'isOnNode',
    expression: 'has(object.spec.hostNetwork) && object.spec.hostNetwork',
  },
];
