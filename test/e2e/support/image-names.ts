export const REHUP_IMAGE = 'ghcr.io/rehup/rehup:e2e';
export const APP_IMAGE = 'ghcr.io/rehup/e2e-app:e2e';

/** The programs of others, under the names which the manifests of the examples use. */
export const NGINX_IMAGE = 'docker.io/library/nginx:1.30-alpine';
export const PROMETHEUS_IMAGE = 'docker.io/prom/prometheus:v3.13.3';
export const HAPROXY_IMAGE = 'docker.io/library/haproxy:3.0';
export const POSTGRES_IMAGE = 'docker.io/library/postgres:17';
export const BUSYBOX_IMAGE = 'docker.io/library/busybox:1.37';
export const NODE_EXPORTER_IMAGE = 'docker.io/prom/node-exporter:v1.9.1';
