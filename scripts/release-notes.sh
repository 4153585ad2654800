#!/usr/bin/env bash
# What the changelog has on a version: release-notes.sh 0.1.0. An error where a release is not ready by it.
set -euo pipefail

changelog=${CHANGELOG:-$(dirname "${BASH_SOURCE[0]}")/../CHANGELOG.md}
fail() { echo "CHANGELOG.md: $1 (docs/releasing.md)" >&2; exit 1; }
section() { awk -v name="$1" '/^## /{ here = ($2 == name) } here && !/^## /' "$changelog"; }

[ -z "$(section Unreleased | tr -d '[:space:]')" ] || fail 'what is under Unreleased belongs to the release: move it'
grep -qE "^## ${1//./\\.} - [0-9]{4}-[0-9]{2}-[0-9]{2}\$" "$changelog" || fail "there is no heading ## $1 - YYYY-MM-DD"
notes=$(section "$1" | sed '/./,$!d')
printf '%s\n' "$notes"
