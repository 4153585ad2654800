import { findWorkload } from '../../kubernetes/owner.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { type KubeRequest, pods, resourceOf } from '../../kubernetes/request.ts';
import { sourcesOfPod } from '../../kubernetes/sources.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import type { Context } from '../context.ts';

/** A request that a feature makes, and the setting that asks for the feature. */
export type Need = { setting: string; request: KubeRequest };

/** The settings that need the API. */
export function featuresOf({ settings, rules }: Context): string[] {
  return [
    ...(settings?.prompt === true ? ['REHUP_PROMPT'] : []),
    ...(settings && settings.events !== 'false' ? ['REHUP_EVENTS'] : []),
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
    ...needs('REHUP_RESTART=rollout', rollout ? await rolloutNeeds(own, signal) : []),
  ];
}

const EVENTS = { group: 'events.k8s.io', version: 'v1', resource: 'events' };

function watchOf({ kind, name }: SourceReference, namespace: string): KubeRequest {
  return { ...resourceOf(kind), verb: 'watch', namespace, name };
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
