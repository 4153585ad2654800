export const REHUP_IMAGE = 'ghcr.io/rehup/rehup:e2e';
export const APP_IMAGE = 'ghcr.io/rehup/e2e-app:e2e';

/** The programs of others, under the names which the manifests of the examples use. */
export const NGINX_IMAGE = 'docker.io/library/nginx:1.30-alpine';
export const PROMETHEUS_IMAGE = 'docker.io/prom/prometheus:v3.13.3';
export const HAPROXY_IMAGE = 'docker.io/library/haproxy:3.0';
export const POSTGRES_IMAGE = 'docker.io/library/postgres:17';
export const BUSYBOX_IMAGE = 'docker.io/library/busybox:1.37';
export const NODE_EXPORTER_IMAGE = 'docker.io/prom/node-exporter:v1.9.1';
export const ALERTMANAGER_IMAGE = 'docker.io/prom/alertmanager:v0.33.1';
export const PGBOUNCER_IMAGE = 'docker.io/edoburu/pgbouncer:v1.25.1-p0';
export const NATS_IMAGE = 'docker.io/library/nats:2.11-alpine';
export const REDIS_IMAGE = 'docker.io/library/redis:8.0';
export const NODE_IMAGE = 'docker.io/library/node:24-alpine';
export const PYTHON_IMAGE = 'docker.io/library/python:3.13-alpine';
