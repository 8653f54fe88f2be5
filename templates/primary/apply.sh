/usr/local/lib/trivet/postgres-join --may-start-cluster
/usr/local/lib/trivet/postgres-restart
. /usr/local/lib/trivet/postgres-peers

# The primary may have moved to another node since: the roles and the database are made wherever it is. Before the
# standbys are there nobody else could confirm a commit, hence the local one.
export PGOPTIONS="-c synchronous_commit=local"
if [ "$(runuser -u postgres -- psql -XAtq -c 'SELECT pg_is_in_recovery()')" = f ]; then
  sql() { as_postgres psql -Xq "$@"; }
else
  primary=$(primary_peer) || fail "no node is primary"
  sql() {
    local database=$1
    shift
    as_postgres psql -Xq -d "$(conninfo "$primary" | sed "s/dbname=repmgr/dbname=$database/")" "$@"
  }
fi
sql postgres --file /usr/local/lib/trivet/database.sql
sql app --file /usr/local/lib/trivet/app.sql
if secrets_changed; then sql postgres --file /etc/trivet/postgres/passwords.sql; fi
unset PGOPTIONS

/usr/local/lib/trivet/postgres-register
systemctl is-enabled -q repmgrd 2>/dev/null || systemctl enable -q repmgrd
systemctl start repmgrd
