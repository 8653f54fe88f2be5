packages pgbouncer postgresql-client-17
# The package gives the file to postgres when it is first set up.
chown root:root /etc/pgbouncer/pgbouncer.ini
chmod 0644 /etc/pgbouncer/pgbouncer.ini
if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
if changed '/etc/pgbouncer/*' && ! changed '/etc/systemd/*' && systemctl is-active -q pgbouncer; then
  # A reload keeps the applications' connections.
  running pgbouncer.service reload '/etc/pgbouncer/*'
else
  running pgbouncer.service restart '/etc/systemd/*'
fi
