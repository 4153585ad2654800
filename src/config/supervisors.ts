/** Programs that only start and reap one child, which is the app, and pass signals on to it. */
export const INIT_WRAPPERS: readonly string[] = [
  'tini',
  'tini-static',
  'docker-init',
  'dumb-init',
  'catatonit',
];

/** A program that starts others, and to which a signal is about that. */
export type Supervisor = {
  /** As it is started. Of a script, its own name and not that of the interpreter. */
  program: string;
  /** What it does at SIGHUP, to end a sentence. */
  onHangup: string;
};

/** What their signals do is nothing that an app would do to read its configuration. */
export const SUPERVISORS: readonly Supervisor[] = [
  { program: 'runsvdir', onHangup: 'ends every service and exits' },
  { program: 'runit', onHangup: 'ignores it' },
  { program: 'runit-init', onHangup: 'ignores it' },
  { program: 's6-svscan', onHangup: 'looks for new services, and tells none of them' },
  { program: 'supervisord', onHangup: 'restarts all programs' },
  { program: 'my_init', onHangup: 'may end' },
  { program: 'circusd', onHangup: 'reads its own configuration again' },
  { program: 'monit', onHangup: 'reads its own configuration again' },
  { program: 'systemd', onHangup: 'reads its own configuration again' },
  { program: 'pm2', onHangup: 'may end' },
  { program: 'pm2-runtime', onHangup: 'ends all programs' },
  { program: 'foreman', onHangup: 'ends all programs' },
  { program: 'honcho', onHangup: 'may end' },
  { program: 'goreman', onHangup: 'restarts all programs' },
  { program: 'overmind', onHangup: 'ends all programs' },
  { program: 'hivemind', onHangup: 'ends all programs' },
  { program: 'dinit', onHangup: 'is about its services' },
  { program: 'multirun', onHangup: 'passes it on to all programs' },
  { program: 'horust', onHangup: 'may end' },
  { program: 'perpd', onHangup: 'looks for new services, and tells none of them' },
  { program: 'svscan', onHangup: 'may end' },
];

/**
 * Well-known images whose entry is a supervisor, by the beginning of their path on any registry. What an
 * image starts is not in a manifest: these are from the documentation of the images.
 */
export const SUPERVISED_IMAGES: readonly { image: string; program: string }[] = [
  { image: 'phusion/baseimage', program: 'my_init' },
  { image: 'phusion/passenger-', program: 'my_init' },
  { image: 'gitlab/gitlab-ce', program: 'runsvdir' },
  { image: 'gitlab/gitlab-ee', program: 'runsvdir' },
  { image: 'linuxserver/', program: 's6-svscan' },
  { image: 'home-assistant/home-assistant', program: 's6-svscan' },
  { image: 'homeassistant/home-assistant', program: 's6-svscan' },
  { image: 'jc21/nginx-proxy-manager', program: 's6-svscan' },
  { image: 'webdevops/', program: 'supervisord' },
  { image: 'tiangolo/uwsgi-nginx', program: 'supervisord' },
  { image: 'richarvey/nginx-php-fpm', program: 'supervisord' },
  { image: 'trafex/php-nginx', program: 'supervisord' },
  { image: 'sameersbn/', program: 'supervisord' },
];

/** Between a supervisor and what it supervises. */
export const SUPERVISOR_PARTS: readonly string[] = [
  'runsv',
  's6-supervise',
  's6-linux-init-shutdownd',
  's6-ipcserverd',
  'supervise',
  'perpboot',
  'tmux',
];

/** Found beside the app in containers that run several programs: no container is for one of them. */
export const COMPANIONS: readonly string[] = [
  'rsyslogd',
  'syslog-ng',
  'syslogd',
  'socklog',
  'svlogd',
  's6-log',
  'multilog',
  'tinylog',
  'cron',
  'crond',
  'busybox-crond',
  'supercronic',
  'anacron',
  'sshd',
  'dbus-daemon',
];
