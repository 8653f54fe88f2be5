#!/usr/bin/env bash
# Migrates the application's database for a release, unless that is recorded there already. The lock is a transaction's:
# it goes with the connection, and pgbouncer's pooling by transaction keeps it. The record is made as that transaction
# ends. Arguments: the release, the command, the node, the deployer.
# Ends with 0, or 10: the command failed; 11: the database went away, so that the outcome is not recorded.
set -euo pipefail
# Whoever began it may be gone; it is finished all the same.
trap '' HUP PIPE
release=$1 command=$2 node=$3 deployer=$4
lock="hashtext('trivet'), hashtext('migrations')"

if [ -z "${DATABASE_MIGRATION_URL:-}" ]; then
  echo "DATABASE_MIGRATION_URL is not in the application's environment" >&2
  exit 1
fi

# The owner's address reaches psql by its environment: a command line is everybody's to read.
psql_environment() {
  # shellcheck disable=SC2016 # Not this shell's.
  node --eval '
    const { username, password, hostname, port, pathname } = new URL(process.env.DATABASE_MIGRATION_URL);
    const values = { PGUSER: username, PGPASSWORD: password, PGHOST: hostname, PGPORT: port || "5432", PGDATABASE: pathname.slice(1) };
    for (const [name, value] of Object.entries(values)) process.stdout.write(`${name}=${decodeURIComponent(value)}\0`);'
}

coproc database {
  # Not before its ends are held below: bash forgets those of one that has ended.
  read -r _
  while IFS= read -r -d '' assignment; do export "${assignment?}"; done < <(psql_environment)
  export PGCONNECT_TIMEOUT=60 PGAPPNAME=trivet-migrate
  exec psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
    --set release="$release" --set node="$node" --set deployer="$deployer"
}
exec {to}>&"${database[1]}" {from}<&"${database[0]}"
echo >&"$to"

# ask SQL: its answer. Fails when the database is gone.
ask() {
  local line
  printf '%s\n\\echo --end--\n' "$1" >&"$to" || return 1
  while IFS= read -r line <&"$from"; do
    if [ "$line" = --end-- ]; then return 0; fi
    printf '%s\n' "$line"
  done
  return 1
}

gone() {
  echo "the connection to the database broke $1" >&2
  exit 11
}

ask "BEGIN; SET LOCAL client_min_messages = warning;
  SELECT FROM pg_advisory_xact_lock($lock);
  CREATE SCHEMA IF NOT EXISTS trivet;
  CREATE TABLE IF NOT EXISTS trivet.migrations (release text PRIMARY KEY, started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL, node text NOT NULL, deployer text NOT NULL);
  COMMIT;" >/dev/null || gone "before the migration began"
ask "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT FROM pg_advisory_xact_lock($lock);" >/dev/null ||
  gone "before the migration began"
recorded=$(ask "SELECT 'migrated on ' || node || ' at ' || ended_at FROM trivet.migrations WHERE release = :'release';") ||
  gone "before the migration began"
if [ -n "$recorded" ]; then
  echo "$recorded"
  exit 0
fi

# tee reads on when there is nobody left to show it to.
DATABASE_URL=$DATABASE_MIGRATION_URL bash -c "$command" </dev/null > >(exec tee --output-error=warn-nopipe /dev/null) 2>&1 &
migration=$!
while kill -0 "$migration" 2>/dev/null; do
  # Without the lock, another might begin.
  ask "SELECT;" >/dev/null || { kill "$migration"; gone "while the migration ran, and ended it"; }
  sleep 0.5
done
wait "$migration" || exit 10
ask "INSERT INTO trivet.migrations VALUES (:'release', now(), clock_timestamp(), :'node', :'deployer'); COMMIT;" >/dev/null ||
  gone "after the migration, before that was recorded"
