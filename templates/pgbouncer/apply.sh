# The package gives the file to postgres each time it is set up, unless it is told otherwise.
dpkg-statoverride --list /etc/pgbouncer/pgbouncer.ini >/dev/null || dpkg-statoverride --add root root 0644 /etc/pgbouncer/pgbouncer.ini
packages pgbouncer postgresql-client-17
if changed '/etc/pgbouncer/*' && systemctl is-active -q pgbouncer; then
  # A reload keeps the applications' connections.
  running pgbouncer.service reload '/etc/pgbouncer/*'
else
  running pgbouncer.service restart
fi
