#!/bin/sh
# An app that loads all keys of its volumes when it starts, and again on SIGHUP, and keeps a journal
# on its output. It needs no program, so that it starts in no time.
#
#   app.sh now|slow|crash PIDFILE|- DIRECTORY...
#
# slow: waits for a line on its input before it reads or has a handler. crash: ends after reading.
#
#   begin <pid> <start time, in ticks>
#   load start|signal <seconds since boot> <key>=<value>...
#   kept <seconds since boot> <why>    a signal came, and the content could not be read
#   ready                              the handler is in place
#
# It ends of content that says `dies-`.
how=$1
pid_file=$2
shift 2
directories=$*
read -r stat < /proc/self/stat
set -- $stat
pid=$1
echo "begin $1 ${22}"

load() {
  content=
  for directory in $directories; do
    [ -L "$directory/..data" ] || { why='the volume is gone'; return 1; }
    [ -x "$directory/..data/" ] || { why='not readable'; return 1; }
    for file in "$directory"/*; do
      [ -e "$file" ] || continue
      value=
      { read -r value < "$file" || [ -n "$value" ]; } 2> /dev/null || { why='not readable'; return 1; }
      content="$content ${file##*/}=$value"
    done
  done
}

report() {
  read -r uptime _ < /proc/uptime
  if load; then
    echo "load $1 $uptime$content"
    case $content in *=dies-*) exit 1 ;; esac
  else
    echo "kept $uptime $why"
    return 1
  fi
}

if [ "$how" = slow ]; then
  echo waiting
  read -r _
fi
report start || exit 1
[ "$how" = crash ] && exit 1
# A worker without a handler: whoever signals all processes of the container kills it.
sleep 2147483647 > /dev/null 2>&1 &
worker=$!
trap 'report signal; trapped=1' HUP
[ "$pid_file" = - ] || echo "$pid" > "$pid_file"
echo ready
while trapped=; read -r question || [ "$trapped" ]; do
  [ "$question" = worker ] && { kill -0 "$worker" 2> /dev/null && echo 'worker lives' || echo 'worker died'; }
  question=
done
kill "$worker"
