wait_for 30 "PostgreSQL to answer over TLS" ask "$PRIVATE_IP" 'SELECT 1'
wait_for 30 "repmgr to know this node" runuser -u postgres -- /usr/lib/postgresql/17/bin/repmgr -f /etc/repmgr.conf node status
systemctl is-active -q repmgrd || fail "repmgrd does not run"
in_order() {
  # A primary by now: its standbys' business. A standby: it streams, over TLS.
  [ "$(ask "$PRIVATE_IP" 'SELECT NOT pg_is_in_recovery()')" = t ] || [ "$(ask "$PRIVATE_IP" 'SELECT status FROM pg_stat_wal_receiver')" = streaming ]
}
wait_for 60 "the standby to stream from the primary" in_order
