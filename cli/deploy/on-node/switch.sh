#!/usr/bin/env bash
# Makes a release current and restarts the workers one after the other. When one does not become healthy, puts the
# release back that was current. Arguments: the release, the seconds a worker may take, the workers' ports.
# Ends with 0, or 10: the release failed and the previous one runs again; 11: that does not run either; 12: there was none.
set -euo pipefail
trap '' HUP PIPE
release=$1 patience=$2
shift 2
ports=("$@")

make_current() {
  ln -sfn "releases/$1" /srv/app/current.next
  mv -T /srv/app/current.next /srv/app/current
  sync /srv/app
}

healthy() {
  local end=$((SECONDS + patience))
  until curl --silent --fail --output /dev/null --max-time 3 "http://127.0.0.1:$1/healthz"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.3
  done
}

restart_workers() {
  local port
  for port in "${ports[@]}"; do
    # A worker that failed too often to be started again must be forgiven first.
    systemctl reset-failed "app@$port" 2>/dev/null || true
    systemctl restart "app@$port" && healthy "$port" || return 1
  done
}

previous=$(basename "$(readlink /srv/app/current || true)")
make_current "$release"
restart_workers && exit 0

journalctl --unit 'app@*' --lines 20 --no-pager --output cat >&2 || true
[ -n "$previous" ] && [ "$previous" != "$release" ] || exit 12
make_current "$previous"
restart_workers || exit 11
exit 10
