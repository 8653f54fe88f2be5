packages postgresql-17
# The agent, which runs as postgres, makes the data here.
install -d -o postgres -g postgres -m 0755 /var/lib/postgresql/17

if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
# What only a restart takes up waits for the roles primary and standby, which run node by node.
if systemctl is-active -q postgresql@17-main && { changed '/etc/postgresql/*' || secrets_changed; }; then
  say "reloading PostgreSQL"
  systemctl reload postgresql@17-main
fi
