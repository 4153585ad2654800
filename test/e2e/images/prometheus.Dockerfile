# Stands in for docker.io/prom/prometheus on a cluster without a registry: the same program from Debian's packages.
# examples/prometheus names its command in full, so both images serve it.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends prometheus \
    && rm -rf /var/lib/apt/lists/*
USER 65534:65534
ENTRYPOINT ["prometheus"]
