for want in postgres:801 redis:802 app:810; do
  [ "$(id -u "${want%:*}")" = "${want#*:}" ] || fail "the user ${want%:*} has the id $(id -u "${want%:*}"); wanted ${want#*:}"
done
# Where the clock is the host's (a container), chrony's unit does not start, by its own condition.
if systemctl is-active -q chrony; then chronyc -n tracking >/dev/null || fail "chrony does not answer"; fi
[ -z "$(swapon --show)" ] || fail "there is swap"
