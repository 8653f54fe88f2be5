packages rsync postgresql-client-17
# What is in a release belongs to the application; which there are does not.
install -d -o root -g root -m 0755 /srv/app /srv/app/releases /srv/app/shared /var/lib/trivet/sites
if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
# Workers that there are no more.
for unit in $(systemctl list-units --plain --no-legend --all 'app@*.service' | awk '{ print $1 }'); do
  [[ " ${PORTS[*]} " == *" ${unit//[!0-9]/} "* ]] || systemctl disable -q --now "$unit"
done
idle=()
for port in "${PORTS[@]}"; do
  systemctl is-enabled -q "app@$port.service" 2>/dev/null || systemctl enable -q "app@$port.service"
  systemctl is-active -q "app@$port.service" || idle+=("app@$port.service")
done
if [ ! -e /srv/app/current ]; then
  say "no release yet"
elif changed '/etc/systemd/*' '*/worker' || secrets_changed; then
  # In the way of a deploy, which may be at it.
  no_switch() { ! systemctl is-active -q trivet-switch.service; }
  wait_for 300 "a deploy's switch to end" no_switch
  say "restarting the workers"
  systemd-run --quiet --pipe --wait --collect --unit trivet-switch \
    --property='ExecStopPost=/bin/rm -f /run/trivet/aside' /usr/local/lib/trivet/switch-release ||
    fail "the workers do not get healthy; the lines above say why"
elif [ ${#idle[@]} -gt 0 ]; then
  say "starting ${idle[*]}"
  systemctl start "${idle[@]}"
fi
