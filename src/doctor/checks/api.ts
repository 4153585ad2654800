import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_ACCOUNT_PATH } from '../../kubernetes/in-cluster.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { sourcesOfVolume } from '../../kubernetes/sources.ts';
import { mergeMounts, type Mount } from '../../sidecar/mount/mount.ts';
import type { Snapshot } from '../../sidecar/snapshot/snapshot.ts';
import { describeObject } from '../api/describe.ts';
import { findMissing, grant } from '../api/access.ts';
import { featuresOf, listNeeds, type Need } from '../api/needs.ts';
import { readObjects, volumeOf } from '../api/objects.ts';
import { checkSources, hasSources } from '../api/sources.ts';
import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass } from '../finding.ts';
import { containerField } from '../remedy.ts';

/**
 * What only the Kubernetes API knows: whether the objects behind the mounts can change, and have; and
 * whether what is configured may use it.
 */
export const apiCheck: Check = once('api', async (context, signal) => {
  const features = featuresOf(context);
  const { openOwnPod, raw } = context;
  if (openOwnPod === undefined) return [];
  const ofSources = hasSources(context) ? await checkSources(context, signal) : [];
  // The Role for sources does not allow to read the own pod.
  if (features.length === 0 && ofSources.length > 0) return ofSources;
  if (features.length === 0 && !existsSync(join(SERVICE_ACCOUNT_PATH, 'token'))) {
    return [pass('no service account token is mounted: the Kubernetes API is not used')];
  }
  if (features.length > 0 && !raw.env['POD_NAME']) return [...ofSources, noName(features, context)];
  try {
    const own = await openOwnPod(signal);
    return [
      ...ofSources,
      ...(await checkNeeds(context, own, signal)),
      ...(await checkObjects(context, own, signal)),
    ];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    return [...ofSources, noAccess(error, features)];
  }
});

function noName(features: readonly string[], { container }: Context): Bare {
  const fieldRef = { fieldPath: 'metadata.name' };
  return fail('api-unreachable', {
    seen: `POD_NAME is not set: ${features.join(', ')} cannot do without the name of the pod`,
    remedy:
      'add to the rehup container: env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]',
    remedies: [
      {
        changes: [
          containerField(container, 'env', [{ name: 'POD_NAME', valueFrom: { fieldRef } }]),
        ],
      },
    ],
  });
}

/** Where nothing that is configured needs it, that is no fault. */
function noAccess({ kind, message: seen, remedy }: KubeProblem, features: readonly string[]): Bare {
  if (features.length === 0) return pass(`the Kubernetes API is not used (${seen})`);
  const id = kind === 'forbidden' ? 'api-forbidden' : 'api-unreachable';
  return fail(id, { seen: `${seen}; ${features.join(', ')} cannot do without`, remedy });
}

async function checkNeeds(context: Context, own: OwnPod, signal: AbortSignal): Promise<Bare[]> {
  const sources = readings(context).flatMap(({ mount }) => {
    const volume = volumeOf(own, context.container, mount);
    return volume ? sourcesOfVolume(volume) : [];
  });
  const needs = await listNeeds(context, own, sources, signal);
  if (needs.length === 0) return [];
  const missing = await findMissing(own, needs, signal);
  if (missing.length > 0) return [forbidden(missing, own)];
  return [pass(`the service account may do what ${featuresOf(context).join(', ')} take`)];
}

function forbidden(missing: readonly Need[], own: OwnPod): Bare {
  const list = missing.map(
    ({ setting, request: { verb, resource, name } }) =>
      `${verb} ${resource}${name === undefined ? '' : ` ${name}`} (${setting})`,
  );
  return fail('api-forbidden', {
    seen: `the service account may not ${list.join(', ')}`,
    remedy: 'give it a Role with these verbs',
    remedies: [grant(own, missing)],
  });
}

async function checkObjects(context: Context, own: OwnPod, signal: AbortSignal): Promise<Bare[]> {
  const findings: Bare[] = [];
  for (const { mount, snapshot } of readings(context)) {
    const volume = volumeOf(own, context.container, mount);
    if (volume === undefined) continue;
    const states = await readObjects(own, volume, snapshot, signal);
    findings.push(...states.map((state) => describeObject(state, mount.path, snapshot, context)));
  }
  return findings;
}

type Read = { mount: Mount; snapshot: Snapshot };

function readings({ rules }: Context): Read[] {
  const mounts = mergeMounts(rules.flatMap((rule) => rule.mounts));
  const all = new Map(rules.flatMap((rule) => [...rule.readings]));
  return mounts.flatMap((mount) => {
    const reading = all.get(mount.path);
    return reading && 'snapshot' in reading ? [{ mount, snapshot: reading.snapshot }] : [];
  });
}
