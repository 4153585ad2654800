# Stands in for docker.io/library/python on a cluster without a registry: the same program from Debian's packages.
# examples/python-app names its command in full, so both images serve it.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["python3"]
