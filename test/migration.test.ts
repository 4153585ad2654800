// Every setting of the tools that people come from stands in the page about it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../docs/migration.md'), 'utf8');

/** As their sources and READMEs have them. */
const settings = {
  'configmap-reload': [
    '-volume-dir',
    '-webhook-url',
    '-webhook-method',
    '-webhook-status-code',
    '-webhook-retries',
    '-web.listen-address',
    '-web.telemetry-path',
  ],
  'prometheus-config-reloader': [
    '--config-file',
    '--config-envsubst-file',
    '--watched-dir',
    '--watch-interval',
    '--delay-interval',
    '--retry-interval',
    '--reload-timeout',
    '--reload-method',
    '--process-executable-name',
    '--reload-url',
    '--runtimeinfo-url',
    '--statefulset-ordinal-from-envvar',
    '--listen-address',
    '--web-config-file',
    '--log-format',
    '--log-level',
    '--auto-gomemlimit-ratio',
    'POD_NAME',
    'SHARD',
    'NODE_NAME',
    'TOPOLOGY_ZONE',
    '--config-reloader-cpu-request',
    '--config-reloader-cpu-limit',
    '--config-reloader-memory-request',
    '--config-reloader-memory-limit',
    '--enable-config-reloader-probes',
    'reloadStrategy',
  ],
  'config-reloader-sidecar': ['CONFIG_DIR', 'PROCESS_NAME', 'RELOAD_SIGNAL', 'VERBOSE'],
  'k8s-sidecar': [
    'LABEL',
    'LABEL_VALUE',
    'FOLDER',
    'FOLDER_ANNOTATION',
    'NAMESPACE',
    'RESOURCE',
    'RESOURCE_NAME',
    'METHOD',
    'SLEEP_TIME',
    'REQ_URL',
    'REQ_METHOD',
    'REQ_PAYLOAD',
    'REQ_RETRY_TOTAL',
    'REQ_RETRY_CONNECT',
    'REQ_RETRY_READ',
    'REQ_RETRY_BACKOFF_FACTOR',
    'REQ_TIMEOUT',
    'REQ_USERNAME',
    'REQ_PASSWORD',
    '--req-username-file',
    '--req-password-file',
    'REQ_BASIC_AUTH_ENCODING',
    'REQ_SKIP_INIT',
    'REQ_SKIP_TLS_VERIFY',
    'SCRIPT',
    'ERROR_THROTTLE_SLEEP',
    'SKIP_TLS_VERIFY',
    'DISABLE_X509_STRICT_VERIFICATION',
    'UNIQUE_FILENAMES',
    'DEFAULT_FILE_MODE',
    'KUBECONFIG',
    'ENABLE_5XX',
    'WATCH_SERVER_TIMEOUT',
    'WATCH_CLIENT_TIMEOUT',
    'IGNORE_ALREADY_PROCESSED',
    'LOG_LEVEL',
    'LOG_FORMAT',
    'LOG_TZ',
    'LOG_CONFIG',
    'HEALTH_PORT',
    'HEALTH_HOST',
  ],
} as const;

describe.each(Object.entries(settings))('the migration from %s', (tool, names) => {
  const [, section = ''] = page.split(`## From ${tool}\n`);
  const rows = section.split('\n## ')[0] ?? '';
  const cells = [...rows.matchAll(/^\| *([^|\n]*?) *\|/gm)].flatMap(([, cell]) => cell ?? []);

  it.each(names)('says what becomes of %s', (name) => {
    // A value may stand behind the name, as in `--reload-method=http`.
    const quoted = cells.flatMap((cell) => cell.match(/`[^`]+`/g) ?? []);
    expect(quoted.map((text) => text.slice(1, -1).split(/[=:]/)[0])).toContain(name);
  });
});
