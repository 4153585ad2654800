#!/bin/sh
# A process that is nobody's app. With `takes` it has a handler, and says when it is signalled; with
# `dies` it has none. It ends with its input.
[ "$1" = takes ] && trap 'echo signalled; trapped=1' HUP
echo ready
while trapped=; read -r _ || [ "$trapped" ]; do :; done
