for port in "${PORTS[@]}"; do
  systemctl is-enabled -q "app@$port.service" || fail "the worker on port $port is not enabled"
  # Before the first release there is nothing to answer.
  if [ -e /srv/app/current ]; then
    check=$(sed -nE 's/.*"path": *"([^"]+)".*/\1/p' /srv/app/current/.trivet/release.json 2>/dev/null) || true
    wait_for 60 "the worker on port $port" curl --fail --silent --max-time 5 "http://127.0.0.1:$port${check:-/healthz}"
  fi
done
