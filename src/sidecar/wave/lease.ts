import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { KubeRequest, Resource } from '../../kubernetes/request.ts';
import type { ObjectMeta } from '../../kubernetes/types.ts';
import { asNumber, asRecord, asText } from '../../system/plain.ts';
import { formatWaves, parseWaves, WAVE_ANNOTATION, type Waves } from './record.ts';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
};

/** What a Lease tells, and the object as it was read: all else in it is left as it is. */
export type Lease = {
  uid: string;
  holder: string;
  renewTime: string;
  durationMs: number;
  waves: Waves;
  object: LeaseObject;
};

type LeaseObject = { metadata: ObjectMeta; spec?: object };

/** What is written into it. */
export type LeaseChange = { holder: string; waves: Waves };

export type LeaseStore = {
  read: (signal: AbortSignal) => Promise<Lease>;
  /** Holds for the version that was read alone: a KubeProblem of kind `conflict` says that it is another. */
  write: (before: Lease, change: LeaseChange, signal: AbortSignal) => Promise<Lease>;
};

/** A Lease that was made by hand need not have one. */
const DURATION_S = 30;

/** One Lease by its name: `get` and `update`, and no more. @param now The wall clock. */
export function createLeaseStore(
  { client, namespace }: Pick<OwnPod, 'client' | 'namespace'>,
  name: string,
  now: () => number,
): LeaseStore {
  const ask = async (more: Partial<KubeRequest>, signal: AbortSignal): Promise<Lease> => {
    const request: KubeRequest = { ...LEASES, namespace, name, verb: 'get', ...more };
    try {
      return toLease(await client.request<LeaseObject>(request, signal));
    } catch (error) {
      const isMissing = error instanceof KubeProblem && error.kind === 'not-found';
      throw isMissing ? noLease(error, { namespace, name }) : error;
    }
  };
  return {
    read: async (signal) => await ask({}, signal),
    write: async (before, change, signal) => {
      const body = draft(before, change, new Date(now()).toISOString().replace('Z', '000Z'));
      return await ask({ verb: 'update', body }, signal);
    },
  };
}

/** RBAC cannot limit by name who may create one, so somebody else has to. */
function noLease(cause: KubeProblem, { namespace, name }: { namespace: string; name: string }) {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: { leaseDurationSeconds: DURATION_S },
  };
  return new KubeProblem({
    kind: 'not-found',
    message: cause.message,
    remedy: `create it: echo '${JSON.stringify(lease)}' | kubectl -n ${namespace} apply -f -`,
    cause,
  });
}

function toLease(object: LeaseObject): Lease {
  const { metadata, spec } = object;
  const { holderIdentity, renewTime, leaseDurationSeconds } = asRecord(spec);
  const seconds = asNumber(leaseDurationSeconds);
  return {
    uid: metadata.uid,
    holder: asText(holderIdentity) ?? '',
    renewTime: asText(renewTime) ?? '',
    durationMs: 1000 * (seconds !== undefined && seconds > 0 ? seconds : DURATION_S),
    waves: parseWaves(metadata.annotations?.[WAVE_ANNOTATION]),
    object,
  };
}

/** @param time As `metav1.MicroTime` wants it, with six digits. */
function draft({ object, holder: before }: Lease, { holder, waves }: LeaseChange, time: string) {
  const { metadata, spec } = object;
  const annotations = { ...metadata.annotations, [WAVE_ANNOTATION]: formatWaves(waves) };
  return {
    ...object,
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...metadata, annotations },
    spec: {
      leaseDurationSeconds: DURATION_S,
      ...spec,
      holderIdentity: holder,
      renewTime: time,
      ...(holder !== before && { acquireTime: time }),
    },
  };
}
