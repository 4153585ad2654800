import {
  BACKGROUND,
  FPM_CONF,
  HTTPD_CONF,
  JAVA_ARGUMENTS,
  NAMED_CONF,
  NGINX_CONF,
  PUMA_CONF,
  SYSLOG_CONF,
  UNBOUND_CONF,
  supervised,
} from './configurations.ts';
import type { ProgramRow } from './row.ts';

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

/**
 * Programs as they are really started, and what rehup does with them: the tests play each row, and a
 * table for readers is made of the same rows.
 */
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
