#!/usr/bin/env bash
# Runs a release's migration with the application's environment. Arguments: the release, the command.
set -euo pipefail
systemd-run --quiet --pipe --wait --collect \
  --property=User=app --property=WorkingDirectory="/srv/app/releases/$1" \
  --property=EnvironmentFile=-/etc/environment --property=EnvironmentFile=/etc/trivet/app.env \
  bash -c "$2" </dev/null
