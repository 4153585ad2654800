type Data = Readonly<Record<string, string>>;

/** HAProxy that answers with this text. */
export function haproxyConfig(text: string): Data {
  return {
    'haproxy.cfg': `
global
  log stdout format raw local0 info
defaults
  mode http
  timeout client 10s
  timeout connect 10s
  timeout server 10s
frontend main
  bind :8080
  http-request return status 200 content-type text/plain string "${text}\\n"
`,
  };
}

export function postgresConfig(workMem: string): Data {
  return {
    'postgresql.conf': `
listen_addresses = 'localhost'
unix_socket_directories = '/var/run/postgresql'
max_connections = 10
shared_buffers = 16MB
work_mem = ${workMem}
`,
  };
}

export function prometheusConfig(scrapeInterval: string): Data {
  return {
    'prometheus.yml': `
global:
  scrape_interval: ${scrapeInterval}
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: [localhost:9090]
`,
  };
}

/** nginx with this directive for all paths. What it writes goes to the emptyDir at /tmp. */
export function nginxConfig(directive: string): Data {
  return {
    'nginx.conf': `
pid /tmp/nginx.pid;
error_log stderr notice;
worker_processes 1;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  default_type text/plain;
  server {
    listen 8080;
    location / {
      ${directive}
    }
  }
}
`,
  };
}
