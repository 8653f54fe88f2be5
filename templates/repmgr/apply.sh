packages postgresql-17-repmgr
ln -sfn /etc/trivet/postgres/pgpass /var/lib/postgresql/.pgpass
if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
# Its first start is the roles' primary and standby, once the node has data and is known to repmgr.
if systemctl is-active -q repmgrd && { changed /etc/repmgr.conf '/etc/systemd/*' || secrets_changed; }; then
  say "restarting repmgrd"
  systemctl restart repmgrd
fi
