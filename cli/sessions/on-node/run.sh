#!/usr/bin/env bash
# Runs a command as a worker is run: as the user app, in the current release, with the application's environment and a
# worker's limits. Arguments: "terminal" or "pipe", the command's words.
set -euo pipefail
mode=$1
shift
current=/srv/app/current
[ -e "$current" ] || { echo "trivet: there is no release on this node; run \"npx trivet deploy DIR\"." >&2; exit 1; }

worker=$(systemctl list-units --all --plain --no-legend 'app@*.service' | awk '{ print $1; exit }')
of_worker() { [ -z "$worker" ] || systemctl show --value --property "$1" "$worker"; }

options=(--quiet --wait --collect --expand-environment=no)
if [ "$mode" = terminal ]; then options+=(--pty); else options+=(--pipe); fi
memory=$(of_worker MemoryMax)
for property in User=app Group=app WorkingDirectory="$(readlink -f "$current")" EnvironmentFile=/etc/trivet/app.env \
  MemoryMax="${memory:-infinity}" OOMScoreAdjust=800 NoNewPrivileges=yes PrivateTmp=yes PrivateDevices=yes \
  ProtectHome=yes ProtectSystem=strict ProtectKernelTunables=yes ProtectControlGroups=yes RestrictSUIDSGID=yes \
  CapabilityBoundingSet=; do
  options+=(--property="$property")
done
# What the unit adds to the environment, but for what makes it this one worker.
for variable in $(of_worker Environment); do
  case ${variable%%=*} in
    PORT | HOST | WORKER) ;;
    *) options+=(--setenv="$variable") ;;
  esac
done
# env looks for the command where the service will be, not here.
exec systemd-run "${options[@]}" -- /usr/bin/env -- "$@"
