import { findWorkload, OWNERS } from '../../kubernetes/owner.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { type KubeRequest, pods, resourceOf } from '../../kubernetes/request.ts';
import { sourcesOfPod } from '../../kubernetes/sources.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import { keptKind } from '../../sidecar/keep/kind.ts';
import { requestsOf } from '../../sidecar/keep/needs.ts';
import { findKeptFor } from '../../sidecar/keep/owner.ts';
import { LEASES } from '../../sidecar/wave/lease.ts';
import { findFleet, leaseName } from '../../sidecar/wave/owner.ts';
import type { Context } from '../context.ts';

/** A request that a feature makes, and the setting that asks for the feature. */
export type Need = { setting: string; request: KubeRequest };

/** The settings that need the API. */
export function featuresOf({ settings, rules }: Context): string[] {
  return [
    ...(settings?.prompt === true ? ['REHUP_PROMPT'] : []),
    ...(settings && settings.events !== 'false' ? ['REHUP_EVENTS'] : []),
    ...(settings?.wave ? ['REHUP_WAVE'] : []),
    ...(rules.some((rule) => rule.settings.keep !== undefined) ? ['REHUP_KEEP'] : []),
    ...(rules.some((rule) => rule.settings.restart === 'rollout') ? ['REHUP_RESTART=rollout'] : []),
  ];
}

/** All that the features will ask of the API, beyond the own pod, which was read already. */
export async function listNeeds(
  context: Context,
  own: OwnPod,
  sources: readonly SourceReference[],
  signal: AbortSignal,
): Promise<Need[]> {
  const features = featuresOf(context);
  const { namespace, pod } = own;
  const needs = (setting: string, requests: readonly KubeRequest[]): Need[] =>
    features.includes(setting) ? requests.map((request) => ({ setting, request })) : [];
  const rollout = features.includes('REHUP_RESTART=rollout');
  return [
    ...needs('REHUP_PROMPT', [
      { ...pods, verb: 'patch', namespace, name: pod.metadata.name },
      ...sources.map((source) => watchOf(source, namespace)),
    ]),
    ...needs('REHUP_EVENTS', [
      { ...EVENTS, verb: 'create', namespace },
      { ...EVENTS, verb: 'patch', namespace },
    ]),
    ...needs('REHUP_WAVE', features.includes('REHUP_WAVE') ? await waveNeeds(own, signal) : []),
    ...needs(
      'REHUP_KEEP',
      features.includes('REHUP_KEEP') ? await keepNeeds(context, own, signal) : [],
    ),
    ...needs('REHUP_RESTART=rollout', rollout ? await rolloutNeeds(own, signal) : []),
  ];
}

const EVENTS = { group: 'events.k8s.io', version: 'v1', resource: 'events' };

function watchOf({ kind, name }: SourceReference, namespace: string): KubeRequest {
  return { ...resourceOf(kind), verb: 'watch', namespace, name };
}

/** What a wave cannot do without; that rejected content is told of, it can. */
async function waveNeeds(
  { client, namespace, pod }: OwnPod,
  signal: AbortSignal,
): Promise<KubeRequest[]> {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const known = Object.entries(OWNERS).find(([kind]) => kind === owner?.kind)?.[1];
  const read = known === undefined ? [] : [{ ...known, verb: 'get' as const, namespace }];
  try {
    const name = leaseName(await findFleet({ client, pod }, signal));
    const verbs = ['get', 'update'] as const;
    return [...read, ...verbs.map((verb) => ({ ...LEASES, verb, namespace, name }))];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    return read;
  }
}

/** What it takes to keep content, as far as the way to the workload can be gone. */
async function keepNeeds(
  { rules }: Context,
  own: OwnPod,
  signal: AbortSignal,
): Promise<KubeRequest[]> {
  const { namespace } = own;
  try {
    const workload = await findKeptFor(own, signal);
    return rules.flatMap(({ name: rule, settings, mounts }) =>
      settings.keep === undefined
        ? []
        : requestsOf({ workload, rule, kind: keptKind(settings, mounts), namespace }),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    return [{ ...OWNERS['ReplicaSet'], verb: 'get', namespace } as KubeRequest];
  }
}

/** The way to the workload, as far as it can be gone; then what is done there. */
async function rolloutNeeds(
  { client, namespace, pod }: OwnPod,
  signal: AbortSignal,
): Promise<KubeRequest[]> {
  const reads = sourcesOfPod(pod.spec).map(({ kind, name }) => ({
    ...resourceOf(kind),
    verb: 'get' as const,
    namespace,
    name,
  }));
  try {
    const owner = await findWorkload(client, pod, signal);
    if (owner === undefined) return reads;
    const { name } = owner.workload.metadata;
    return [...reads, { ...owner.resource, verb: 'patch', namespace, name }];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    return [...reads, ...GUESSED.map((request) => ({ ...request, namespace }))];
  }
}

/** Of what cannot be read, the usual: a Deployment. */
const GUESSED: readonly KubeRequest[] = [
  { group: 'apps', version: 'v1', resource: 'replicasets', verb: 'get' },
  { group: 'apps', version: 'v1', resource: 'deployments', verb: 'get' },
  { group: 'apps', version: 'v1', resource: 'deployments', verb: 'patch' },
];
