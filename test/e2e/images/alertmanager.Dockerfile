# Stands in for docker.io/prom/alertmanager on a cluster without a registry: the same program from Debian's packages.
# examples/alertmanager names its command in full, so both images serve it.
FROM docker.io/library/node:26-trixie-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends prometheus-alertmanager \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/prometheus-alertmanager /bin/alertmanager
USER 65534:65534
ENTRYPOINT ["alertmanager"]
