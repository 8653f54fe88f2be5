/usr/local/lib/trivet/postgres-join
/usr/local/lib/trivet/postgres-restart
. /usr/local/lib/trivet/postgres-peers
/usr/local/lib/trivet/postgres-register
systemctl is-enabled -q repmgrd 2>/dev/null || systemctl enable -q repmgrd
systemctl start repmgrd
