export const REHUP_IMAGE = 'ghcr.io/rehup/rehup:e2e';
export const APP_IMAGE = 'ghcr.io/rehup/e2e-app:e2e';

/** The images of the examples' applications, under the names which the manifests use. */
export const NGINX_IMAGE = 'docker.io/library/nginx:1.30-alpine';
export const PROMETHEUS_IMAGE = 'docker.io/prom/prometheus:v3.13.3';
