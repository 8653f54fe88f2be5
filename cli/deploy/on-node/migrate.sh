#!/usr/bin/env bash
# Runs a release's migration as the application's user, to its end even if the deploying machine is gone.
# Arguments: the text of migrate-once.sh, the release, then what else that takes.
set -euo pipefail
once=$1
shift
while systemctl is-active --quiet trivet-migrate.service; do
  [ -n "${waiting:-}" ] || echo "an earlier deploy's migration still runs; waiting for its end"
  waiting=yes
  sleep 1
done
# Its words as they are: systemd would put variables of its own into them.
systemd-run --quiet --pipe --wait --collect --unit=trivet-migrate --expand-environment=no \
  --description="Migrates the database for release $1" \
  --property=User=app --property=WorkingDirectory="/srv/app/releases/$1" \
  --property=NoNewPrivileges=yes --property=PrivateTmp=yes --property=ProtectSystem=strict \
  --property=EnvironmentFile=-/etc/environment --property=EnvironmentFile=/etc/trivet/app.env \
  --setenv=YARN_GLOBAL_FOLDER=/srv/app/yarn --setenv=YARN_ENABLE_TELEMETRY=0 \
  bash -c "$once" migrate-once "$@" </dev/null
