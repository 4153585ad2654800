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

/**
 * Programs that write what the app reads, and mount the volume as it does. `vault` is one as an agent,
 * and the app as a server: of such, the words that follow the name count, too.
 */
export const WRITERS: readonly string[] = [
  'vault agent',
  'vault proxy',
  'bao agent',
  'bao proxy',
  'vault-agent',
  'consul-template',
  'envconsul',
  'confd',
];
