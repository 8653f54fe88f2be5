#!/usr/bin/env bash
# Opens psql on this node's PostgreSQL. Arguments: "terminal" or "pipe" (psql sees for itself), the role, psql's words.
set -euo pipefail
role=$2
shift 2
tls=/etc/trivet/tls
ip=$(sed -nE 's/.*"privateIp": *"([^"]*)".*/\1/p' /etc/trivet/node.json)

if [ "$role" = admin ]; then
  export PGPASSFILE=/etc/trivet/postgres/pgpass
else
  PGPASSWORD=$(sed -nE "s/^\"$role\" \"(.*)\"$/\1/p" /etc/trivet/pgbouncer/userlist.txt)
  export PGPASSWORD
fi
# Directly, because what belongs to a session (SET, temporary tables, \watch) does not get through pgbouncer.
export PGHOST=$ip PGPORT=5432 PGDATABASE=app PGUSER=$role PGAPPNAME=trivet-psql PGCONNECT_TIMEOUT=10
export PGSSLMODE=verify-full PGSSLROOTCERT=$tls/ca.crt PGSSLCERT=$tls/node.crt PGSSLKEY=$tls/node.key
# What was typed stays nowhere.
export PSQL_HISTORY=/dev/null
exec psql "$@"
