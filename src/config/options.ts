import * as parse from './parse.ts';

/** One option: its flag, its environment variable, its help and its row in the reference page. */
export type Option<Value> = {
  /** Without the leading hyphens; the environment variable is made from it. */
  flag: string;
  /** What stands for the value in help; `undefined` for a switch. */
  placeholder: string | undefined;
  group: Group;
  help: string;
  /** As a user would write it; absent when the option has no value unless set. */
  default?: string;
  /** Turns what the user wrote into a value; throws InvalidValue. */
  parse: (raw: string) => Value;
  /** The value may hold credentials and is never shown. */
  secret?: boolean;
  /** How repeated flags are joined. */
  separator?: ',' | '\n';
};

export const groups = [
  'What is watched',
  'When to reload',
  'What is done',
  'Whom it is done to',
  'HTTP',
  'Checks',
  'Retries',
  'Reporting',
] as const;

export type Group = (typeof groups)[number];

type Optional<Value> = Option<Value> & { default?: undefined };
type Defaulted<Value> = Option<Value> & { default: string };

function option<Value>(spec: Defaulted<Value>): Defaulted<Value>;
function option<Value>(spec: Optional<Value>): Optional<Value>;
function option<Value>(spec: Option<Value>): Option<Value> {
  return spec;
}

/** The one table: types, flags, environment variables, help and docs are made from it. */
export const options = {
  watch: option({
    flag: 'watch',
    placeholder: 'PATHS',
    group: 'What is watched',
    help: 'Directories (files, links) to watch, comma separated; auto: every ConfigMap, Secret, projected and downwardAPI volume mounted in this container, but for the service account',
    default: 'auto',
    parse: parse.parseWatch,
    separator: ',',
  }),
  include: option({
    flag: 'include',
    placeholder: 'GLOBS',
    group: 'What is watched',
    help: 'Key paths that count, comma separated; a glob that begins with / is matched with the mount path in front',
    parse: parse.parseList,
    separator: ',',
  }),
  exclude: option({
    flag: 'exclude',
    placeholder: 'GLOBS',
    group: 'What is watched',
    help: 'Key paths that do not count, comma separated',
    parse: parse.parseList,
    separator: ',',
  }),
  watchMode: option({
    flag: 'watch-mode',
    placeholder: 'MODE',
    group: 'What is watched',
    help: 'auto: inotify, and polling where it is exhausted or silent; inotify; poll',
    default: 'auto',
    parse: parse.oneOf('auto', 'inotify', 'poll'),
  }),
  poll: option({
    flag: 'poll',
    placeholder: 'DURATION',
    group: 'What is watched',
    help: 'How often to look for changes that inotify missed',
    default: '5s',
    parse: parse.parsePollInterval,
  }),
  settle: option({
    flag: 'settle',
    placeholder: 'DURATION',
    group: 'When to reload',
    help: 'Quiet time after the last event of an update; the end of a kubelet update ends it at once where a single volume is watched',
    default: '200ms',
    parse: parse.parseDuration,
  }),
  settleMax: option({
    flag: 'settle-max',
    placeholder: 'DURATION',
    group: 'When to reload',
    help: 'Longest wait from the first event of an update',
    default: '5s',
    parse: parse.parseDuration,
  }),
  minInterval: option({
    flag: 'min-interval',
    placeholder: 'DURATION',
    group: 'When to reload',
    help: 'Least time between two reloads',
    default: '0s',
    parse: parse.parseDuration,
  }),
  signal: option({
    flag: 'signal',
    placeholder: 'SIGNAL',
    group: 'What is done',
    help: 'Signal to send: name with or without SIG, or number; real-time ones as SIGRTMIN+n',
    default: 'SIGHUP',
    parse: parse.parseSignal,
  }),
  url: option({
    flag: 'url',
    placeholder: 'URL',
    group: 'What is done',
    help: 'Reload by HTTP instead of a signal',
    parse: parse.parseUrl,
    secret: true,
  }),
  dryRun: option({
    flag: 'dry-run',
    placeholder: undefined,
    group: 'What is done',
    help: 'Do everything but the action itself',
    default: 'false',
    parse: parse.parseBoolean,
  }),
  target: option({
    flag: 'target',
    placeholder: 'TARGET',
    group: 'Whom it is done to',
    help: 'auto: the main process of the container that mounts the same volume; container:NAME, name:PROGRAM, cmdline:REGEX or pidfile:PATH',
    default: 'auto',
    parse: parse.parseTarget,
  }),
  select: option({
    flag: 'select',
    placeholder: 'WHICH',
    group: 'Whom it is done to',
    help: 'Of several matches: one (refuse), oldest, all',
    default: 'one',
    parse: parse.oneOf('one', 'oldest', 'all'),
  }),
  requireHandler: option({
    flag: 'require-handler',
    placeholder: 'BOOL',
    group: 'Whom it is done to',
    help: 'Refuse to signal a process that has no handler for the signal and would be killed by it',
    default: 'true',
    parse: parse.parseBoolean,
  }),
  minAge: option({
    flag: 'min-age',
    placeholder: 'DURATION',
    group: 'Whom it is done to',
    help: 'Do not act on a target younger than this',
    default: '0s',
    parse: parse.parseDuration,
  }),
  method: option({
    flag: 'method',
    placeholder: 'METHOD',
    group: 'HTTP',
    help: 'Request method',
    default: 'POST',
    parse: parse.parseMethod,
  }),
  header: option({
    flag: 'header',
    placeholder: 'HEADER',
    group: 'HTTP',
    help: 'Request headers, Name: value, one per line',
    parse: parse.parseHeaders,
    secret: true,
    separator: '\n',
  }),
  body: option({
    flag: 'body',
    placeholder: 'TEXT',
    group: 'HTTP',
    help: 'Request body',
    parse: parse.parseText,
    secret: true,
  }),
  success: option({
    flag: 'success',
    placeholder: 'STATUSES',
    group: 'HTTP',
    help: 'Response statuses that mean success, as codes and ranges, comma separated',
    default: '200-299',
    parse: parse.parseStatusRanges,
    separator: ',',
  }),
  timeout: option({
    flag: 'timeout',
    placeholder: 'DURATION',
    group: 'HTTP',
    help: 'Longest time for one attempt',
    default: '10s',
    parse: parse.parsePositiveDuration,
  }),
  survive: option({
    flag: 'survive',
    placeholder: 'DURATION',
    group: 'Checks',
    help: 'How long the target must live on after the reload for it to count; 0s: do not check',
    default: '1s',
    parse: parse.parseDuration,
  }),
  retries: option({
    flag: 'retries',
    placeholder: 'COUNT',
    group: 'Retries',
    help: 'Attempts after a failed one, or unlimited; newer content starts anew',
    default: 'unlimited',
    parse: parse.parseRetries,
  }),
  retryDelay: option({
    flag: 'retry-delay',
    placeholder: 'DURATION',
    group: 'Retries',
    help: 'Pause before the first retry; it doubles each time, with jitter',
    default: '1s',
    parse: parse.parsePositiveDuration,
  }),
  retryMaxDelay: option({
    flag: 'retry-max-delay',
    placeholder: 'DURATION',
    group: 'Retries',
    help: 'Longest pause between retries',
    default: '1m',
    parse: parse.parsePositiveDuration,
  }),
  listen: option({
    flag: 'listen',
    placeholder: 'ADDRESS',
    group: 'Reporting',
    help: 'Where /metrics, /healthz, /readyz and /status are served; off',
    default: ':9533',
    parse: parse.parseListen,
  }),
  logLevel: option({
    flag: 'log-level',
    placeholder: 'LEVEL',
    group: 'Reporting',
    help: 'debug, info, warn or error',
    default: 'info',
    parse: parse.oneOf('debug', 'info', 'warn', 'error'),
  }),
  logFormat: option({
    flag: 'log-format',
    placeholder: 'FORMAT',
    group: 'Reporting',
    help: 'json, or pretty (the default on a terminal)',
    parse: parse.oneOf('json', 'pretty'),
  }),
};

export type OptionName = keyof typeof options;

/** Every option, parsed. Those without a default may be undefined. */
export type Settings = {
  readonly [Name in OptionName]:
    | ReturnType<(typeof options)[Name]['parse']>
    | ((typeof options)[Name] extends { default: string } ? never : undefined);
};

export const optionNames = Object.keys(options) as OptionName[];

/** `settle-max` → `REHUP_SETTLE_MAX`. */
export function environmentName(flag: string): string {
  return `REHUP_${flag.toUpperCase().replaceAll('-', '_')}`;
}
