# Stands in for docker.io/library/redis on a cluster without a registry: the same program from Debian's packages.
# examples/redis names its command in full, so both images serve it.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server redis-tools \
    && rm -rf /var/lib/apt/lists/*
USER 999:999
ENTRYPOINT ["redis-server"]
