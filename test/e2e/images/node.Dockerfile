# Stands in for docker.io/library/node on a cluster without a registry: another version, which makes no difference to
# examples/node-app.
FROM docker.io/library/node:26-trixie-slim
ENTRYPOINT ["node"]
