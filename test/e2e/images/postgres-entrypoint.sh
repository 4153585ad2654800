#!/bin/sh
# What the entrypoint of docker.io/library/postgres does for examples/postgres: makes the data directory at the first
# start, then becomes the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" > "$password"
  initdb --pgdata="$PGDATA" --username=postgres --pwfile="$password" > /dev/null
  rm "$password"
fi
exec "$@"
