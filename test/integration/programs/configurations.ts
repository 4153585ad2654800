// What the programs of the table read: `VERSION` in it changes with each update.

export const NGINX_CONF = `# VERSION
daemon off; worker_processes 1; pid /run/nginx.pid; error_log stderr;
events {}
http { access_log off; server { listen unix:/run/nginx.sock; } }
`;
export const BACKGROUND = NGINX_CONF.replace('daemon off;', 'daemon on;');
export const SYSLOG_CONF =
  '# VERSION\nmodule(load="imuxsock" SysSock.Name="/run/log.sock")\n*.* /run/all.log\n';
export const UNBOUND_CONF = `# VERSION
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
export const NAMED_CONF = `// VERSION
options {
  directory "/run"; pid-file none; session-keyfile none; managed-keys-directory "/run";
  listen-on port 15354 { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
};
controls {};
`;
export const HTTPD_CONF = `# VERSION
ServerName app
PidFile /run/httpd.pid
Listen 127.0.0.1:15355
User www-data
Group www-data
ErrorLog /run/httpd.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
`;
export const FPM_CONF = `; VERSION
[global]
error_log = /run/php-fpm.log
[www]
user = www-data
group = www-data
listen = /run/php-fpm.sock
pm = static
pm.max_children = 1
`;
export const PUMA_CONF = `# VERSION
bind 'unix:///run/puma.sock'
app { |_env| [200, {}, ['VERSION']] }
`;
/** Any program in Java would do: this one is part of each JRE, and goes on. */
export const JAVA_ARGUMENTS = `# VERSION
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

export function supervised(runs: Readonly<Record<string, string>>): string {
  const programs = Object.entries(runs).map(
    ([name, command]) => `[program:${name}]\ncommand=${command}\n`,
  );
  return [SUPERVISORD_CONF, ...programs].join('\n');
}
