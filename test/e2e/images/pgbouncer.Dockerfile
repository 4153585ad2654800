# Stands in for docker.io/edoburu/pgbouncer on a cluster without a registry: the same program from Debian's packages.
# examples/pgbouncer names its command in full, so both images serve it. Both have psql.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends pgbouncer postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
ENTRYPOINT ["pgbouncer"]
