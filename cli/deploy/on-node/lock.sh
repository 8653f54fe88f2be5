#!/usr/bin/env bash
# Holds this node for one deploy, as long as lines come on standard input: it ends with the deployer's connection, and
# when nothing came for so long that the deployer must be gone. Arguments: who it is, as JSON; the seconds to be patient.
# Prints "held", or "taken SECONDS JSON" for whoever holds it since so long, and ends with 75.
set -euo pipefail
file=/run/trivet/deploy.lock
mkdir -p "${file%/*}"
exec 8>>"$file"
if ! flock --nonblock 8; then
  echo "taken $(($(date +%s) - $(stat --format %Y "$file"))) $(cat "$file")"
  exit 75
fi
trap ': >"$file"' EXIT
printf '%s\n' "$1" >"$file"
echo held
while read -r -t "$2" _; do :; done
