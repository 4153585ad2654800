import { asNumber } from '../../system/plain.ts';
import type { Container } from '../manifest/container.ts';
import { type Pod, securityOf } from '../manifest/pod.ts';
import type { InjectOptions } from './request.ts';

type Wanted = Pick<InjectOptions, 'uid' | 'volumes' | 'settings'>;

/**
 * The uid that the sidecar needs, where it is known: a process may signal those of its own user, and
 * that is the one that is asked for, or the user of the app.
 */
export function findUid(pod: Pod, apps: readonly Container[], wanted: Wanted): number | undefined {
  const { uid, settings } = wanted;
  if (uid !== undefined) return uid;
  const { target } = settings;
  const app =
    target.by === 'container'
      ? apps.find(({ name }) => name === target.name)
      : (apps.find((one) => mountsObject(pod, one, wanted)) ?? apps.find(readsObject));
  return app && asNumber(securityOf(pod, app, 'runAsUser'));
}

function mountsObject(pod: Pod, { mounts }: Container, { volumes }: Wanted): boolean {
  return mounts.some(({ name }) =>
    volumes === undefined
      ? pod.volumes.some((volume) => volume.name === name && volume.isConfiguration)
      : volumes.includes(name),
  );
}

function readsObject({ variablesFrom, variables }: Container): boolean {
  return variablesFrom.length > 0 || variables.some(({ reference }) => reference !== undefined);
}
