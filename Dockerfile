# No `syntax` line: the frontend is the one in the builder, which the release pins.
# Build: the bundle, and Node's binary without its symbols.
FROM docker.io/library/node:26-trixie-slim AS build
WORKDIR /src
RUN command -v strip >/dev/null || { apt-get update && apt-get install -y --no-install-recommends binutils; }
COPY package.json package-lock.json ./
# No install scripts: the image brings Node itself.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.base.json rolldown.config.ts LICENSE ./
COPY scripts/notices.ts scripts/one-byte.ts scripts/
COPY cmd cmd
COPY src src
RUN npm run build \
 && mkdir -p /out/usr/local/bin /out/opt/rehup \
 && strip --strip-all -o /out/usr/local/bin/node "$(command -v node)" \
 && cp dist/* /out/opt/rehup/ \
 && mkdir -p /out/usr/share/doc/nodejs \
 && { ! test -f /usr/local/LICENSE || cp /usr/local/LICENSE /out/usr/share/doc/nodejs/; } \
 && sed -i '1s|^#!.*|#!/usr/local/bin/node|' /out/opt/rehup/rehup.cjs \
 && chmod 755 /out/opt/rehup/rehup.cjs \
 && ln -s /opt/rehup/rehup.cjs /out/usr/local/bin/rehup \
 && for library in $(ldd "$(command -v node)" | awk '/libatomic/{print $3}'); do \
      install -D "$(readlink -f "$library")" "/out/usr/lib/$(basename "$(dirname "$library")")/$(basename "$library")"; \
    done

# Run: glibc and certificates, no shell, no package manager; uid 65532.
FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /out/ /
ENV PATH=/usr/local/bin
# One heap of the C library for all threads, which gives back what is free; one thread for files and
# names, where four would have a stack and a cache each (docs/decisions.md).
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_TOP_PAD_=0 UV_THREADPOOL_SIZE=1
USER 65532:65532
EXPOSE 9533
# The flags bound what V8 takes for itself, and keep the debugger shut (docs/decisions.md).
ENTRYPOINT ["/usr/local/bin/node", "--disable-sigusr1", "--max-semi-space-size=1", "--v8-pool-size=0", "--no-maglev", "--no-opt", "--no-sparkplug", "--optimize-for-size", "--expose-gc", "/opt/rehup/rehup.cjs"]
LABEL org.opencontainers.image.title="rehup" \
      org.opencontainers.image.description="Reload sidecar: makes a ConfigMap or Secret change take effect in the app next to it" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1 AND ISC AND LGPL-2.1-or-later AND MIT AND MPL-2.0 AND Unicode-3.0 AND Unlicense AND Zlib" \
      org.opencontainers.image.source="https://github.com/rehup/rehup" \
      org.opencontainers.image.base.name="gcr.io/distroless/cc-debian13:nonroot"
