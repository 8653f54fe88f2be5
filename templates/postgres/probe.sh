[ -x /usr/lib/postgresql/17/bin/postgres ] || fail "PostgreSQL 17 is not installed"
if systemctl is-active -q postgresql@17-main; then
  [ -z "$(runuser -u postgres -- psql -XAtq -c "SELECT name FROM pg_file_settings WHERE error IS NOT NULL AND error <> 'setting could not be applied'")" ] ||
    fail "PostgreSQL does not accept its settings; see the view pg_file_settings"
fi
