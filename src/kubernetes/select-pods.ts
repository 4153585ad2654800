import { exitCodes } from '../system/errors.ts';
import type { KubeClient } from './client.ts';
import { fatal } from './fatal.ts';
import { formatSelector } from './label-selector.ts';
import { listAll } from './list.ts';
import { pods } from './request.ts';
import { parseWorkload, readWorkload, type WorkloadReference } from './rollout/workload.ts';
import type { Pod } from './types.ts';

/** Which pods are meant, in the words of kubectl. */
export type PodSelection = {
  /** `POD`, `pod/POD`, `deployment/NAME`, `statefulset/NAME`, `daemonset/NAME`, … */
  names: readonly string[];
  /** `app=web,tier!=cache`. */
  selector?: string | undefined;
  allNamespaces?: boolean | undefined;
};

/** Where they are looked for. */
export type Place = { client: KubeClient; namespace: string };

type Reference = { pod: string } | { workload: WorkloadReference; written: string };

/** The pods that run, each once, by namespace and name. Throws a KubeProblem, or what is wrong with the names. */
export async function selectPods(
  selection: PodSelection,
  { client, namespace }: Place,
  signal: AbortSignal,
): Promise<Pod[]> {
  const { names, selector, allNamespaces } = selection;
  const references = parseReferences(selection);
  if (names.length === 0) {
    const where = allNamespaces === true ? {} : { namespace };
    const found = await listAll<Pod>(
      client,
      { ...pods, ...where, query: { labelSelector: selector } },
      signal,
    );
    return requireSome(
      found.filter(isLive),
      `no pod that runs is selected${allNamespaces === true ? '' : ` in namespace ${namespace}`}`,
    );
  }
  const all: Pod[] = [];
  for (const reference of references) {
    if ('pod' in reference) {
      const request = { ...pods, verb: 'get' as const, namespace, name: reference.pod };
      all.push(requireLive(await client.request<Pod>(request, signal)));
      continue;
    }
    const found = await podsOf(reference.workload, { client, namespace }, signal);
    all.push(
      ...requireSome(found, `${reference.written} in namespace ${namespace} has no pod that runs`),
    );
  }
  return sorted(all);
}

/** The pods of a workload that run; its selector decides, as it does for kubectl. */
async function podsOf(
  reference: WorkloadReference,
  { client, namespace }: Place,
  signal: AbortSignal,
): Promise<Pod[]> {
  const { workload } = await readWorkload(client, reference, namespace, signal);
  const query = { labelSelector: formatSelector(workload.spec.selector ?? {}) };
  const found = await listAll<Pod>(client, { ...pods, namespace, query }, signal);
  return sorted(found.filter(isLive));
}

/** @throws FatalError where names, selector and namespaces do not go together. */
function parseReferences({ names, selector, allNamespaces }: PodSelection): Reference[] {
  if (names.length > 0 && selector !== undefined) {
    throw usage('names and --selector cannot be combined', 'write one or the other');
  }
  if (names.length > 0 && allNamespaces === true) {
    throw usage(
      'a name is of one namespace',
      'write --namespace NAME, or --selector with --all-namespaces',
    );
  }
  return names.map(parseReference);
}

function parseReference(text: string): Reference {
  const workload = parseWorkload(text);
  if (workload !== undefined) return { workload, written: text };
  const [, pod] = /^(?:(?:pods?|po)\/)?([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)$/.exec(text) ?? [];
  if (pod !== undefined) return { pod };
  throw usage(
    `${text} names neither a pod nor a workload`,
    'write POD, deployment/NAME, statefulset/NAME, daemonset/NAME or rollout/NAME',
  );
}

const ENDED = ['Succeeded', 'Failed'];

function isLive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !ENDED.includes(status?.phase ?? '');
}

function requireLive(pod: Pod): Pod {
  const { metadata, status } = pod;
  if (!ENDED.includes(status?.phase ?? '')) return pod;
  throw fatal({
    message: `pod ${metadata.name} has ended (${status?.phase}): nothing runs in it`,
    remedy: 'name one that runs: kubectl get pods',
  });
}

function requireSome(found: readonly Pod[], message: string): Pod[] {
  if (found.length > 0) return sorted(found);
  throw fatal({ message, remedy: 'check the name, --namespace and --context' });
}

/** A pod that two names lead to is one. */
function sorted(found: readonly Pod[]): Pod[] {
  const byUid = new Map(found.map((pod) => [pod.metadata.uid, pod]));
  return [...byUid.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}\0${metadata.name}`;
}

function usage(message: string, remedy: string): Error {
  return fatal({ message, remedy, exitCode: exitCodes.configuration });
}
