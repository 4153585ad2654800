import { parse } from 'yaml';
import { findUnstartable } from '../pod-start.ts';
import type { VolumeMount } from '../pod-scene/pod-spec.ts';
import type { Change, Remedy } from './report.ts';
import { CONFIG, type Situation } from './situation.ts';

/** Does to a pod what a remedy says, by its paths and values alone. */
export function applyRemedy(situation: Situation, { changes }: Remedy): Situation {
  return changes.reduce(applyChange, situation);
}

function applyChange(situation: Situation, change: Change): Situation {
  const { path, where } = change;
  if (where !== undefined) throw new Error(`not of the pod spec: ${where}`);
  const value: unknown = change.value === null ? null : parse(change.value);
  if (path === 'spec.shareProcessNamespace') {
    return { ...situation, shareProcessNamespace: value === true };
  }
  if (path === 'spec.securityContext.fsGroup') return withGroup(situation, Number(value));
  if (path === 'spec.volumes') return addVolumes(situation, value as Named[]);
  const [, container = '', field = ''] =
    /^spec\.containers\[name=([^\]]+)\]\.(.+)$/.exec(path) ?? [];
  if (field === 'volumeMounts') return addMounts(situation, container, value as MountItem[]);
  const [, mountPath] = /^volumeMounts\[mountPath=(.+)\]$/.exec(field) ?? [];
  if (mountPath !== undefined) return removeMount(situation, container, mountPath);
  if (field === 'env') return setEnvironment(situation, value as Variable[]);
  const [, name, part] = /^env\[name=([^\]]+)\](\.name)?$/.exec(field) ?? [];
  if (name !== undefined) return changeVariable(situation, name, part && String(value));
  if (field === 'securityContext.runAsUser') return runAs(situation, container, Number(value));
  if (field === 'securityContext') {
    const securityContext = value as { runAsUser: number };
    // Most pods say that nobody in them is root.
    const pod = { securityContext: { runAsNonRoot: true }, containers: [{ securityContext }] };
    const [unstartable] = findUnstartable(pod);
    if (unstartable !== undefined) throw new Error(unstartable);
    return runAs(situation, container, securityContext.runAsUser);
  }
  throw new Error(`the test does not know what to do at ${path}`);
}

/** What a remedy sets in the environment of the rehup container. */
export function variablesOf(remedy: Remedy | undefined): Record<string, string> {
  const items = (remedy?.changes ?? [])
    .filter(({ path }) => path === 'spec.containers[name=rehup].env')
    .flatMap(({ value }) => parse(value ?? '[]') as Variable[]);
  return Object.fromEntries(items.map(({ name, value }) => [name, value]));
}

type Named = { name: string; emptyDir?: object };
type Variable = { name: string; value: string };
type MountItem = { name: string; mountPath: string };

function addVolumes(situation: Situation, volumes: readonly Named[]): Situation {
  const added = volumes.map(({ name, emptyDir }) => {
    if (emptyDir === undefined) throw new Error(`the volume ${name} is no emptyDir`);
    return [name, { kind: 'empty-dir' as const, payload: {} }] as const;
  });
  const before = situation.volumes ?? CONFIG;
  return { ...situation, volumes: { ...before, ...Object.fromEntries(added) } };
}

function withGroup(situation: Situation, fsGroup: number): Situation {
  const volumes = Object.entries(situation.volumes ?? CONFIG).map(
    ([name, volume]) => [name, { ...volume, options: { ...volume.options, fsGroup } }] as const,
  );
  return { ...situation, volumes: Object.fromEntries(volumes) };
}

function addMounts(
  situation: Situation,
  container: string,
  mounts: readonly MountItem[],
): Situation {
  const items = mounts.map(({ name, mountPath }) => ({ volume: name, path: mountPath }));
  return withMounts(situation, container, (before) => [...before, ...items]);
}

function removeMount(situation: Situation, container: string, mountPath: string): Situation {
  return withMounts(situation, container, (before) =>
    before.filter(({ volume, path = `/etc/${volume}` }) => path !== mountPath),
  );
}

function withMounts(
  situation: Situation,
  container: string,
  edit: (before: readonly VolumeMount[]) => readonly VolumeMount[],
): Situation {
  const mounts = edit(situation.containers[container] ?? []);
  return { ...situation, containers: { ...situation.containers, [container]: mounts } };
}

function setEnvironment(situation: Situation, variables: readonly Variable[]): Situation {
  const set = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const { rehup } = situation;
  return { ...situation, rehup: { ...rehup, env: { ...rehup?.env, ...set } } };
}

/** Removes it, or gives it another name. */
function changeVariable(situation: Situation, name: string, to: string | undefined): Situation {
  const { rehup } = situation;
  const { [name]: value = '', ...rest } = rehup?.env ?? {};
  const env = to ? { ...rest, [to]: value } : rest;
  return { ...situation, rehup: { ...rehup, env } };
}

function runAs(situation: Situation, container: string, uid: number): Situation {
  if (container !== 'rehup') {
    const apps = { ...situation.apps, [container]: { ...situation.apps[container], uid } };
    return { ...situation, apps };
  }
  // Of root, the tests have every capability.
  const { env } = situation.rehup ?? {};
  return { ...situation, rehup: { ...(env && { env }), ...(uid !== 0 && { uid }) } };
}
