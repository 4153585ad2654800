#!/usr/bin/env bash
# What action.yml runs: annotations at the lines of a pull request, and SARIF in a file if asked for.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
arguments=()
[ -z "${INPUT_KUBERNETES:-}" ] || arguments+=("--kubernetes=$INPUT_KUBERNETES")
[ -z "${INPUT_PLATFORM:-}" ] || arguments+=("--platform=$INPUT_PLATFORM")
[ -z "${INPUT_IGNORE:-}" ] || arguments+=("--ignore=$INPUT_IGNORE")
paths=()
while IFS= read -r path; do
  [ -z "$path" ] || paths+=("$path")
done <<<"${INPUT_PATHS:-.}"

rehup() {
  node "$here/cmd/main.ts" "$@"
}

if [ -n "${INPUT_SARIF:-}" ]; then
  # 5 means findings: the annotations fail the step, once both are written.
  rehup lint --output sarif "${arguments[@]}" -- "${paths[@]}" >"$INPUT_SARIF" || [ $? -eq 5 ]
fi
rehup lint --output github --fail-on "${INPUT_FAIL_ON:-warning}" "${arguments[@]}" -- "${paths[@]}"
