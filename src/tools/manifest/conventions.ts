import { exitCodes } from '../../system/errors.ts';

/** The uid of the rehup image (Dockerfile), where a manifest says nothing. */
export const IMAGE_UID = 65_532;

/** First minor version with native sidecars on by default (KEP-753). */
export const NATIVE_SIDECARS_SINCE = 29;

/** First minor version in which the kubelet restarts a pod in place by default (KEP-5532). */
export const POD_RESTARTS_SINCE = 36;

/** The exit code of rehup for which the kubelet restarts the pod, as an entry of `restartPolicyRules`. */
export const POD_RESTART_RULE = {
  action: 'RestartAllContainers',
  exitCodes: { operator: 'In', values: [exitCodes.restartPod] },
};

/** Where the service account's volume is mounted: it is the platform's, and not watched. */
export const SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The app waits for a native sidecar's start-up probe, and a second one would come ten seconds after
 * the first; thirty seconds in all, as the kubelet has it by default.
 */
export const STARTUP = { periodSeconds: 1, failureThreshold: 30 } as const;

/** Where something valid is published first, the app waits for somebody to correct it: five minutes, and again. */
export const STARTUP_OF_PUBLISHING = { periodSeconds: 1, failureThreshold: 300 } as const;

/** The volume that the app mounts instead of the source, and where rehup has it. */
export const PUBLISHED_VOLUME = 'rehup-published';
export const PUBLISHED_PATH = '/published';

/** The annotation of the pod that holds the rules of its rehup, and the volume that shows it as a file. */
export const RULES_ANNOTATION = 'rehup.dev/rules';
export const RULES_VOLUME = 'rehup-rules';
export const RULES_PATH = '/etc/rehup';
export const RULES_FILE = 'rules.yaml';

/** The volume that is added for REHUP_STATE_DIR. */
export const STATE_VOLUME = 'rehup-state';

/** Where rehup mounts what the app mounts nowhere as a whole. */
export function watchedPath(volume: string): string {
  return `/etc/watched/${volume}`;
}

/** The variables by which rehup knows its own pod. */
export const POD_FIELDS: ReadonlyMap<string, string> = new Map([
  ['POD_NAME', 'metadata.name'],
  ['POD_NAMESPACE', 'metadata.namespace'],
]);

/** As an entry of `env`, from the downward API. */
export function fieldVariable(name: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath: POD_FIELDS.get(name) } } };
}

/** As an entry of `volumes`. */
export function objectVolume(kind: 'ConfigMap' | 'Secret', name: string): { name: string } {
  const source = kind === 'ConfigMap' ? { configMap: { name } } : { secret: { secretName: name } };
  return { name: volumeName(name), ...source };
}

/** Names of objects may have dots and be longer; those of volumes are DNS labels. */
export function volumeName(object: string): string {
  return object
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 63)
    .replace(/-+$/, '');
}
