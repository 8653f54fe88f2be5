packages pgbouncer postgresql-client-17
if changed '/etc/pgbouncer/*' && systemctl is-active -q pgbouncer; then
  # A reload keeps the applications' connections.
  running pgbouncer.service reload '/etc/pgbouncer/*'
else
  running pgbouncer.service restart
fi
