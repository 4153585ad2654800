# Stands in for docker.io/prom/node-exporter on a cluster without a registry: the same program from Debian's packages,
# under the same path.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends prometheus-node-exporter \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/prometheus-node-exporter /bin/node_exporter
USER 65534:65534
ENTRYPOINT ["/bin/node_exporter"]
