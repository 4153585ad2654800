# Stands in for docker.io/library/busybox on a cluster without a registry: the same static program from Debian's packages.
FROM docker.io/library/node:26-trixie-slim AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends busybox-static \
    && mkdir -p /out/bin \
    && busybox --list | while read -r applet; do ln -s busybox "/out/bin/$applet"; done \
    && cp --remove-destination /bin/busybox /out/bin/busybox
FROM scratch
COPY --from=build /out/ /
ENV PATH=/bin
CMD ["sh"]
