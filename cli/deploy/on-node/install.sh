#!/usr/bin/env bash
# Installs a release's packages, and marks it ready. Arguments: the release.
set -euo pipefail
directory=/srv/app/releases/$1

# Out of the way of the workers that serve meanwhile: last for the processor and the disk, first to go without memory.
systemd-run --quiet --pipe --wait --collect \
  --property=User=app --property=WorkingDirectory="$directory" \
  --property=Nice=19 --property=IOSchedulingClass=idle --property=OOMScoreAdjust=900 \
  --property=EnvironmentFile=-/etc/environment \
  --setenv=YARN_GLOBAL_FOLDER=/srv/app/yarn --setenv=YARN_ENABLE_TELEMETRY=0 \
  yarn install --immutable </dev/null

# Ready is what a power cut does not take away: a release that is marked is never sent again.
sync --file-system "$directory"
runuser -u app -- touch "$directory/.trivet-ready"
