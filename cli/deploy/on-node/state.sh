#!/usr/bin/env bash
# What is there: lines of name=value. Arguments: none.
set -euo pipefail
export LC_ALL=C
cd /srv/app/releases 2>/dev/null || cd /

for entry in * .*.part; do
  if [ -e "$entry/.trivet/ready" ] || [ -e "$entry/.trivet-ready" ]; then
    echo "ready=$entry"
  elif [ -d "$entry" ]; then
    # An upload or an installation that broke off.
    entry=${entry#.}
    echo "unfinished=${entry%.part}"
  fi
done

current=$(readlink /srv/app/current || true)
[ -z "$current" ] || echo "current=${current##*/}"

check=$(sed -nE 's/.*"path": *"([^"]+)".*/\1/p' /srv/app/current/.trivet/release.json 2>/dev/null || true)
healthy=yes
while read -r port; do
  echo "worker=$port"
  curl --silent --fail --output /dev/null --max-time 3 "http://127.0.0.1:$port${check:-/healthz}" || healthy=no
done < <(grep -oE '"port": *[0-9]+' /etc/trivet/node.json 2>/dev/null | grep -oE '[0-9]+')
echo "healthy=$healthy"

# In rotation or not, as the agent tells it: one line of JSON.
rotation=$(timeout 5 /usr/local/lib/trivet/ask-agent GET /status 2>/dev/null | tr -d '\n') || true
echo "agent=$rotation"

df --output=avail,size --block-size=1 /srv | awk 'NR == 2 { print "free=" $1; print "size=" $2 }'
tail --lines 200 /srv/app/history.jsonl 2>/dev/null | sed 's/^/history=/' || true
