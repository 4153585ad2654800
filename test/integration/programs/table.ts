/**
 * Programs as they are really started, and what rehup does with them: the tests play each row, and a
 * table for readers is made of the same rows.
 */
export interface ProgramRow {
  /** What the container is for. */
  readonly program: string;
  /** How its container is started, in words. */
  readonly started: string;
  /** What has to be installed: Debian's packages have it under these names. */
  readonly needs: readonly string[];
  /** The command of the container. */
  readonly command: readonly string[];
  /** Keys of the ConfigMap, mounted at /etc/config: `VERSION` in them changes with each update. */
  readonly config: Readonly<Record<string, string>>;
  /** Processes that have to run before the update, by the names that the kernel has for them. */
  readonly running: readonly string[];
  /** A file that has to be there before the update, where running is not enough to take the signal as meant. */
  readonly ready?: string;
  /** What comes of an update with no setting at all. */
  readonly unset: Result;
  /** What to set where that is no reload: named by rehup or, where it names several, chosen among them. */
  readonly setting?: Readonly<Record<string, string>>;
  /** With the setting. */
  readonly set?: Result;
}

export interface Result {
  readonly outcome: 'reloaded' | 'no-handler' | 'ambiguous-target' | 'no-target' | 'target-died';
  /** The program that was told, or that could not be. */
  readonly target: string;
  readonly check?: string;
  /** What the remedy says. */
  readonly remedy?: RegExp;
}

const NGINX_CONF = `# VERSION
daemon off; worker_processes 1; pid /run/nginx.pid; error_log stderr;
events {}
http { access_log off; server { listen unix:/run/nginx.sock; } }
`;
const BACKGROUND = NGINX_CONF.replace('daemon off;', 'daemon on;');
const SYSLOG_CONF =
  '# VERSION\nmodule(load="imuxsock" SysSock.Name="/run/log.sock")\n*.* /run/all.log\n';
const UNBOUND_CONF = `# VERSION
server:
  chroot: "/etc/config"
  directory: "/etc/config"
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  port: 15353
  interface: 127.0.0.1
remote-control:
  control-enable: no
`;
const NAMED_CONF = `// VERSION
options {
  directory "/run"; pid-file none; session-keyfile none; managed-keys-directory "/run";
  listen-on port 15354 { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
};
controls {};
`;
const HTTPD_CONF = `# VERSION
ServerName app
PidFile /run/httpd.pid
Listen 127.0.0.1:15355
User www-data
Group www-data
ErrorLog /run/httpd.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
`;
const FPM_CONF = `; VERSION
[global]
error_log = /run/php-fpm.log
[www]
user = www-data
group = www-data
listen = /run/php-fpm.sock
pm = static
pm.max_children = 1
`;
const PUMA_CONF = `# VERSION
bind 'unix:///run/puma.sock'
app { |_env| [200, {}, ['VERSION']] }
`;
/** Any program in Java would do: this one is part of each JRE, and goes on. */
const JAVA_ARGUMENTS = `# VERSION
-Xmx32m
-m java.rmi/sun.rmi.registry.RegistryImpl 0
`;
const SUPERVISORD_CONF = `[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=/run/supervisord.pid
`;

const NGINX = 'nginx -c /etc/config/nginx.conf';
const RELOADED = { outcome: 'reloaded', target: 'nginx' } as const;
const BY_NAME = { REHUP_TARGET: 'name:nginx' };

/** Services as runit and s6 have them: a directory each, with a program `run`. */
function services(supervisor: string, runs: Readonly<Record<string, string>>): string[] {
  const make = Object.entries(runs).map(
    ([name, command]) =>
      `mkdir -p /run/services/${name}; printf '#!/bin/sh\\nexec ${command}\\n' > /run/services/${name}/run; chmod +x /run/services/${name}/run`,
  );
  return ['/bin/sh', '-ec', [...make, `exec ${supervisor} /run/services`].join('; ')];
}

function supervised(runs: Readonly<Record<string, string>>): string {
  const programs = Object.entries(runs).map(
    ([name, command]) => `[program:${name}]\ncommand=${command}\n`,
  );
  return [SUPERVISORD_CONF, ...programs].join('\n');
}

export const programs: readonly ProgramRow[] = [
  {
    program: 'nginx',
    started: 'as the entry process',
    needs: ['nginx'],
    command: ['nginx', '-c', '/etc/config/nginx.conf'],
    config: { 'nginx.conf': NGINX_CONF },
    running: ['nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx',
    started: 'by tini',
    needs: ['nginx', 'tini'],
    command: ['tini', '--', 'nginx', '-c', '/etc/config/nginx.conf'],
    config: { 'nginx.conf': NGINX_CONF },
    running: ['nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx',
    started: 'by dumb-init',
    needs: ['nginx', 'dumb-init'],
    command: ['dumb-init', 'nginx', '-c', '/etc/config/nginx.conf'],
    config: { 'nginx.conf': NGINX_CONF },
    running: ['nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx',
    started: "in the background, `sh -c 'nginx && tail -f /dev/null'`",
    needs: ['nginx'],
    command: ['/bin/sh', '-c', `${NGINX} && tail -f /dev/null`],
    config: { 'nginx.conf': BACKGROUND },
    running: ['nginx', 'tail'],
    unset: { outcome: 'no-handler', target: 'sh', remedy: /REHUP_TARGET=name:nginx/ },
    setting: BY_NAME,
    set: RELOADED,
  },
  {
    program: 'nginx beside rsyslog',
    started: "`sh -c 'rsyslogd -n & nginx'`",
    needs: ['nginx', 'rsyslogd'],
    command: [
      '/bin/sh',
      '-c',
      `rsyslogd -n -f /etc/rsyslog.conf -i /run/syslog.pid & ${NGINX}; exit`,
    ],
    config: { 'nginx.conf': NGINX_CONF },
    running: ['nginx', 'rsyslogd'],
    unset: { outcome: 'no-handler', target: 'sh', remedy: /REHUP_TARGET=name:nginx.*rsyslogd/ },
    setting: BY_NAME,
    set: RELOADED,
  },
  {
    program: 'rsyslog',
    started: 'as the entry process',
    needs: ['rsyslogd'],
    command: ['rsyslogd', '-n', '-f', '/etc/config/rsyslog.conf', '-i', '/run/syslog.pid'],
    config: { 'rsyslog.conf': SYSLOG_CONF },
    running: ['rsyslogd'],
    unset: { outcome: 'reloaded', target: 'rsyslogd' },
  },
  {
    program: 'nginx',
    started: 'by runit (`runsvdir`)',
    needs: ['nginx', 'runsvdir'],
    command: services('runsvdir', { nginx: NGINX }),
    config: { 'nginx.conf': NGINX_CONF },
    running: ['runsvdir', 'nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx beside rsyslog',
    started: 'by runit (`runsvdir`)',
    needs: ['nginx', 'runsvdir', 'rsyslogd'],
    command: services('runsvdir', {
      nginx: NGINX,
      syslog: 'rsyslogd -n -f /etc/rsyslog.conf -i /run/syslog.pid',
    }),
    config: { 'nginx.conf': NGINX_CONF },
    running: ['runsvdir', 'nginx', 'rsyslogd'],
    unset: RELOADED,
  },
  {
    program: 'nginx',
    started: 'by s6 (`s6-svscan`)',
    needs: ['nginx', 's6-svscan'],
    command: services('s6-svscan', { nginx: NGINX }),
    config: { 'nginx.conf': NGINX_CONF },
    running: ['s6-svscan', 'nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx',
    started: 'by supervisord',
    needs: ['nginx', 'supervisord'],
    command: ['supervisord', '-c', '/etc/config/supervisord.conf'],
    config: { 'nginx.conf': NGINX_CONF, 'supervisord.conf': supervised({ nginx: NGINX }) },
    running: ['supervisord', 'nginx'],
    unset: RELOADED,
  },
  {
    program: 'nginx and BIND',
    started: 'by supervisord, both with their configuration in the volume',
    needs: ['nginx', 'supervisord', 'named'],
    command: ['supervisord', '-c', '/etc/config/supervisord.conf'],
    config: {
      'nginx.conf': NGINX_CONF,
      'named.conf': NAMED_CONF,
      'supervisord.conf': supervised({ nginx: NGINX, named: 'named -g -c /etc/config/named.conf' }),
    },
    running: ['supervisord', 'nginx', 'named'],
    unset: {
      outcome: 'no-handler',
      target: 'supervisord',
      check: 'target-is-supervisor',
      remedy: /nginx.*named|named.*nginx/,
    },
    setting: BY_NAME,
    set: RELOADED,
  },
  {
    program: 'unbound',
    started: 'as the entry process, in a chroot',
    needs: ['unbound'],
    command: ['unbound', '-d', '-c', '/etc/config/unbound.conf'],
    config: { 'unbound.conf': UNBOUND_CONF },
    running: ['unbound'],
    unset: { outcome: 'reloaded', target: 'unbound' },
    setting: { REHUP_TARGET: 'container:app' },
    set: { outcome: 'reloaded', target: 'unbound' },
  },
  {
    program: 'BIND (`named`)',
    started: 'as the entry process: it waits for signals by sigwait',
    needs: ['named'],
    command: ['named', '-g', '-c', '/etc/config/named.conf'],
    config: { 'named.conf': NAMED_CONF },
    running: ['named'],
    unset: { outcome: 'reloaded', target: 'named' },
  },
  {
    program: 'Apache (`apache2`)',
    started: 'as the entry process, `apache2 -DFOREGROUND`',
    needs: ['apache2'],
    command: ['apache2', '-DFOREGROUND', '-f', '/etc/config/httpd.conf'],
    config: { 'httpd.conf': HTTPD_CONF },
    running: ['apache2'],
    unset: { outcome: 'reloaded', target: 'apache2' },
  },
  {
    program: 'PHP-FPM',
    started: 'as the entry process, `php-fpm -F`',
    needs: ['php-fpm8.2'],
    command: ['php-fpm8.2', '-F', '-y', '/etc/config/php-fpm.conf'],
    config: { 'php-fpm.conf': FPM_CONF },
    running: ['php-fpm8.2'],
    unset: { outcome: 'reloaded', target: 'php-fpm8.2' },
  },
  {
    program: 'Puma',
    started: 'as the entry process, without `stdout_redirect`: it ends at SIGHUP',
    needs: ['puma'],
    command: ['puma', '-C', '/etc/config/puma.rb'],
    config: { 'puma.rb': PUMA_CONF },
    running: ['puma'],
    // Ruby has handlers of its own until Puma has set its.
    ready: '/run/puma.sock',
    unset: { outcome: 'target-died', target: 'puma', remedy: /puma at its defaults.*REHUP_SIGNAL/ },
    setting: { REHUP_SIGNAL: 'SIGUSR2' },
    set: { outcome: 'reloaded', target: 'puma' },
  },
  {
    program: 'a JVM',
    started: 'as the entry process: it ends at SIGHUP',
    needs: ['java'],
    command: ['java', '@/etc/config/java.args'],
    config: { 'java.args': JAVA_ARGUMENTS },
    running: ['java'],
    unset: { outcome: 'target-died', target: 'java', remedy: /JVM without -Xrs.*REHUP_RESTART/ },
    setting: { REHUP_RESTART: 'container' },
    set: { outcome: 'reloaded', target: 'java' },
  },
  {
    program: 'a JVM with `-Xrs`',
    started: 'as the entry process: it has no handlers',
    needs: ['java'],
    command: ['java', '-Xrs', '@/etc/config/java.args'],
    config: { 'java.args': JAVA_ARGUMENTS },
    running: ['java'],
    unset: { outcome: 'no-handler', target: 'java', remedy: /REHUP_RESTART=container/ },
    setting: { REHUP_RESTART: 'container' },
    set: { outcome: 'reloaded', target: 'java' },
  },
];
