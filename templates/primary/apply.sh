ask_agent() { /usr/local/lib/trivet/ask-agent "$@"; }
status() { ask_agent GET /status | sed -nE "s/.*\"$1\":\"([^\"]*)\".*/\1/p"; }

# Only where no data node has anything to lose; else this node is what the cluster makes of it.
ask_agent POST /found >/dev/null
has_leader() { [ -n "$(status leaderIp)" ]; }
wait_for 120 "a primary; trivet status says what is wrong" has_leader
# A replaced node clones first.
in_order() { ask_agent GET /status | grep -qE '"role":"leader"|"streaming":"'; }
wait_for 600 "PostgreSQL to be the primary or to follow it; trivet status says what is wrong" in_order
ask_agent POST /restart >/dev/null

# The primary may be another node by now: the roles and the databases are made wherever it is.
sql() { # DATABASE FILE
  runuser -u postgres -- psql -Xq -d "host=$(status leaderIp) port=5432 user=admin dbname=$1 connect_timeout=5 passfile=/etc/trivet/postgres/pgpass \
    sslmode=verify-full sslrootcert=/etc/trivet/tls/ca.crt sslcert=/etc/trivet/tls/node.crt sslkey=/etc/trivet/tls/node.key" --file "$2"
}
if [ "$(status role)" = leader ]; then
  # The first time there is no admin who could come from elsewhere.
  sql() { runuser -u postgres -- psql -Xq -d "$1" --file "$2"; }
fi
sql postgres /usr/local/lib/trivet/database.sql
sql app /usr/local/lib/trivet/app.sql
if secrets_changed; then sql postgres /etc/trivet/postgres/passwords.sql; fi
