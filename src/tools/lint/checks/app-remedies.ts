import { dirname } from 'node:path';
import type { Container } from '../../manifest/container.ts';
import type { Mount } from '../../manifest/volume.ts';
import { addMount, changeSettings } from '../edits.ts';
import type { Remedy } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** Updates reach a mount of the whole volume. */
export function asDirectory({ path, name, mountPath, subPathField }: Mount): Remedy {
  const directory = `${dirname(mountPath).replace(/\/$/, '')}/${name}`;
  return {
    text: 'mount the whole volume as a directory of its own, and point the app there',
    edits: [
      { path: [...path, 'mountPath'], value: directory },
      { path: [...path, subPathField], remove: true },
    ],
  };
}

/** A new container reads what is current. */
export function restartInstead(subject: Subject, app: Container): Remedy[] {
  const edits = changeSettings(subject, {
    restart: 'container',
    target: `container:${app.name}`,
    signal: undefined,
    url: undefined,
    exec: undefined,
    action: undefined,
    onFailure: undefined,
  });
  return edits === undefined
    ? []
    : [{ text: `let rehup restart the container ${app.name} instead`, edits }];
}

/** The volume in the app, too. */
export function mountIn(subject: Subject, app: Container, { name, mountPath }: Mount): Remedy {
  return {
    text: `mount the volume ${name} in ${app.name}, and let it read its configuration from there`,
    edits: addMount(subject, app, { name, mountPath }),
  };
}
