# Through the pooler, as the application does, to a primary that takes writes.
password=$(sed -n 's/^"app" "\(.*\)"$/\1/p' /etc/trivet/pgbouncer/userlist.txt)
reaches_primary() {
  [ "$(PGPASSWORD=$password PGCONNECT_TIMEOUT=5 psql -XAtq -h 127.0.0.1 -p 6432 -U app -d app -c 'SELECT pg_is_in_recovery()')" = f ]
}
wait_for 60 "pgbouncer to reach the primary" reaches_primary
