#!/usr/bin/env bash
# Removes all but the newest releases; the current one stays. Arguments: how many to keep.
set -euo pipefail
cd /srv/app/releases
current=$(basename "$(readlink /srv/app/current)")
# shellcheck disable=SC2012  # Release names are timestamps and hashes.
ls -1r | tail -n "+$(($1 + 1))" | while read -r release; do
  [ "$release" = "$current" ] || rm -rf -- "$release"
done
