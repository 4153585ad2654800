import { asNumber } from '../../../system/plain.ts';
import type { Container } from '../../manifest/container.ts';
import {
  fieldVariable,
  POD_FIELDS,
  STARTUP_OF_PUBLISHING,
  STATE_VOLUME,
} from '../../manifest/conventions.ts';
import { type Addition, append, type Writing } from '../../manifest/edit.ts';
import { asAdmitted } from '../../manifest/openshift.ts';
import type { Pod } from '../../manifest/pod.ts';
import { findSidecar } from '../../manifest/sidecar.ts';
import { tokenVolume } from '../../manifest/token.ts';
import type { Workload } from '../../manifest/workload.ts';
import { createContainer } from '../container.ts';
import { avoidPorts, nameTarget } from '../environment.ts';
import {
  CLOSED,
  completePod,
  findObstacle,
  leave,
  needsState,
  type Plan,
  refuse,
} from '../plan.ts';
import type { InjectOptions } from '../request.ts';
import { findApps } from '../sources.ts';
import { findUid } from '../user.ts';
import { chooseVolumes } from './choose.ts';
import { firstVariables, formatRules, publishingVariables, type Rule } from './environment.ts';
import { annotateRules, rulesMount, rulesVolume } from './metadata.ts';
import { explainUngated, remarkBypass } from './obstacles.ts';
import { freeName, mountsOf, publishedVolume } from './volumes.ts';

/** Between the volumes of a workload and all that reads them: rehup. Pure: no text is touched. */
export function planPublishing(workload: Workload, options: InjectOptions): Plan<Writing> {
  const { object, pod } = workload;
  const present = findSidecar(pod);
  if (present !== undefined) {
    return isPublishing(present)
      ? leave('has rehup already')
      : refuse('has a rehup that publishes nothing: take that out first, and it is added anew');
  }
  const obstacle = findObstacle(workload);
  if (obstacle !== undefined) return obstacle;
  const apps = findApps(pod, options.container);
  if (apps.length === 0) return leave(`has no container ${options.container ?? ''}`);
  const ungated = explainUngated(pod, options);
  if (ungated !== undefined) return ungated;
  const uid = findUid(pod, apps, options);
  const ours = uid ?? asNumber(pod.security['runAsUser']);
  const chosen = chooseVolumes(asAdmitted(pod, options.platform), apps, { ...options, uid: ours });
  if ('leave' in chosen) return chosen;
  const { rules } = chosen;
  const isSeveral = rules.length > 1;
  const annotation = isSeveral ? annotateRules(workload, formatRules(rules)) : { edits: [] };
  if ('trouble' in annotation) {
    const trouble = `mounts several volumes, whose rules go into an annotation of the pod, and ${annotation.trouble}`;
    return { leave: `${trouble}; name one with --volume`, isRefused: true };
  }
  const root = object.document.value;
  const edits: Writing[] = [
    ...rules.flatMap((rule) => moveMounts(pod, rule)),
    ...annotation.edits,
    ...completePod(workload, options),
    ...append(root, [...pod.path, 'volumes'], ...createVolumes(rules, options)),
    ...placeContainers(workload, rules, { ...options, uid }),
  ];
  const closed = chosen.closed.map((name) => `${name} is not published: ${CLOSED}`);
  return { edits, remarks: [...closed, ...remarkBypass(apps, rules)] };
}

/** What a file of rules says is not looked at. */
function isPublishing({ variables, command, args }: Container): boolean {
  const given = [...variables.map(({ name }) => name), ...command, ...args];
  return given.some((one) => /^(?:REHUP_|--)(?:PUBLISH|CONFIG)(?:=|$)/i.test(one));
}

/** All that have the source get what is published of it, at the same path; the first start is gated, so it is there. */
function moveMounts(pod: Pod, { source, name }: Rule): Addition[] {
  return mountsOf(pod, source).flatMap(({ mount }) => [
    { path: [...mount.path, 'name'], value: name },
    ...(mount.readOnly ? [] : [{ path: [...mount.path, 'readOnly'], value: true }]),
  ]);
}

function createVolumes(rules: readonly Rule[], options: InjectOptions): object[] {
  const { gunzip, expand } = options.settings;
  const isUnpacked = gunzip !== undefined || expand !== undefined;
  return [
    ...rules.map((rule) => publishedVolume(rule, isUnpacked)),
    ...(rules.length > 1 ? [rulesVolume] : []),
    ...(needsState(mountsIn(rules), options) ? [{ name: STATE_VOLUME, emptyDir: {} }] : []),
    ...(options.usesApi ? [tokenVolume] : []),
  ];
}

function mountsIn(rules: readonly Rule[]): { name: string; mountPath: string; readOnly?: true }[] {
  return [
    ...rules.map(({ source, watch: mountPath }) => ({
      name: source.name,
      mountPath,
      readOnly: true as const,
    })),
    ...rules.map(({ name, publish: mountPath }) => ({ name, mountPath })),
    ...(rules.length > 1 ? [{ ...rulesMount, readOnly: true as const }] : []),
  ];
}

/** In front of all that read what is published, so that it is there when they start. */
function placeContainers(
  workload: Workload,
  rules: readonly Rule[],
  options: InjectOptions,
): Writing[] {
  const { object, pod } = workload;
  const root = object.document.value;
  const sources = mountsIn(rules);
  const variables = {
    ...nameTarget(
      pod,
      rules.map(({ source }) => ({ name: source.name })),
      options,
    ),
    ...avoidPorts(pod, options),
    ...publishingVariables(rules, options),
  };
  const fields = options.usesApi ? [...POD_FIELDS.keys()].map(fieldVariable) : [];
  const rehup = createContainer(workload, {
    ...options,
    sources,
    env: [...toEnv(variables), ...fields],
    startup: STARTUP_OF_PUBLISHING,
  });
  if (options.form === 'native') return putFirst(workload, rules, rehup);
  const first = createContainer(workload, {
    ...options,
    containerName: freeName('rehup-publish', new Set(pod.containers.map((one) => one.name))),
    args: ['once'],
    settings: { ...options.settings, listen: 'off', stateDir: undefined },
    usesApi: false,
    sources,
    env: toEnv(firstVariables(variables)),
  });
  return [...append(root, [...pod.path, 'containers'], rehup), ...putFirst(workload, rules, first)];
}

function toEnv(variables: Readonly<Record<string, string>>): object[] {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** Before the first init container that reads any of it; what comes before stays so, as a network that is set up. */
function putFirst({ object, pod }: Workload, rules: readonly Rule[], container: object): Writing[] {
  const list = [...pod.path, 'initContainers'];
  const inits = pod.containers.filter(({ path }) => path.at(-2) === 'initContainers');
  const index = inits.findIndex((init) =>
    rules.some(({ source }) => init.mounts.some(({ name }) => name === source.name)),
  );
  if (index === -1) return append(object.document.value, list, container);
  return [{ path: [...list, index], insert: container }];
}
