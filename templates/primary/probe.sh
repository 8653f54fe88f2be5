wait_for 30 "PostgreSQL to answer over TLS" ask "$PRIVATE_IP" 'SELECT 1'
wait_for 30 "repmgr to know this node" runuser -u postgres -- /usr/lib/postgresql/17/bin/repmgr -f /etc/repmgr.conf node status
systemctl is-active -q repmgrd || fail "repmgrd does not run"
