#!/usr/bin/env bash
# What is there: lines of name=value. Arguments: none.
set -euo pipefail
cd /srv/app/releases 2>/dev/null || cd /

for ready in */.trivet-ready; do
  [ -e "$ready" ] && echo "ready=${ready%/*}"
done

current=$(readlink /srv/app/current || true)
[ -z "$current" ] || echo "current=$(basename "$current")"

healthy=yes
while read -r port; do
  echo "worker=$port"
  curl --silent --fail --output /dev/null --max-time 3 "http://127.0.0.1:$port/healthz" || healthy=no
done < <(grep -oE '"port": *[0-9]+' /etc/trivet/node.json 2>/dev/null | grep -oE '[0-9]+')
echo "healthy=$healthy"
