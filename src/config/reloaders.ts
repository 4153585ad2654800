/**
 * Programs that mount a ConfigMap only to tell the app about it. They are never the app; by their
 * handlers alone they would look like one, since the Go runtime catches every signal.
 */
export const RELOADERS: readonly string[] = [
  'rehup',
  'configmap-reload',
  'config-reloader',
  'config-reloader-sidecar',
  'prometheus-config-reloader',
  'nats-server-config-reloader',
  'git-sync',
  'spiffe-helper',
];
