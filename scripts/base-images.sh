#!/usr/bin/env bash
# The base images of the Dockerfile as they are now, by digest, in one line.
set -euo pipefail

dockerfile=$(dirname "${BASH_SOURCE[0]}")/../Dockerfile
bases=()
for name in $(sed -nE 's/^FROM ([^ ]+).*/\1/p' "$dockerfile"); do
  bases+=("$name@$(docker buildx imagetools inspect "$name" --format '{{.Manifest.Digest}}')")
done
echo "${bases[*]}"
