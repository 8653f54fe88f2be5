install -d -o app -g app -m 0755 /srv/app /srv/app/releases
if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
for port in "${PORTS[@]}"; do
  running "app@$port.service" restart '/etc/systemd/*'
  # One after the other: the next is touched when this one answers.
  if systemctl is-active -q "app@$port.service"; then
    wait_for 60 "the worker on port $port" curl --fail --silent --max-time 5 "http://127.0.0.1:$port/healthz"
  fi
done
# Workers that there are no more.
for unit in $(systemctl list-units --plain --no-legend --all 'app@*.service' | awk '{ print $1 }'); do
  [[ " ${PORTS[*]} " == *" ${unit//[!0-9]/} "* ]] || systemctl disable -q --now "$unit"
done
