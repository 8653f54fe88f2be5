#!/usr/bin/env bash
# Has this node switch to a release, to its end even if the deploying machine is gone. Arguments: the release, the
# deployer, deploy or rollback. Ends as switch-release does.
set -euo pipefail
while systemctl is-active --quiet trivet-switch.service; do
  [ -n "${waiting:-}" ] || echo "an earlier switch is still at work; waiting for its end"
  waiting=yes
  sleep 1
done
exec systemd-run --quiet --pipe --wait --collect --unit=trivet-switch \
  --property='ExecStopPost=/bin/rm -f /run/trivet/aside' --setenv=TRIVET_BY="$2" --setenv=TRIVET_HOW="$3" \
  /usr/local/lib/trivet/switch-release "$1" </dev/null
