/** What stands for the programs of a node, in bash; NODE_ROOT is the node's directory. */
export const programs: Record<string, string> = {
  systemctl: `
note() { echo "$*" >>"$NODE_ROOT/log"; }
each() { local unit; for unit in "\${@:2}"; do unit=\${unit#app@}; "$1" "\${unit%.service}"; done; }
stop() {
  local result=success release
  release=$(cat "$NODE_ROOT/running-$1" 2>/dev/null)
  [ ! -e "$release/deaf" ] || result=timeout
  echo $result >"$NODE_ROOT/result-$1"
  rm -f "$NODE_ROOT/running-$1"
  if [ -e /run/trivet/aside ]; then note "stop $1 aside"; else note "stop $1"; fi
}
start() {
  readlink -f /srv/app/current >"$NODE_ROOT/running-$1"
  echo 0 >"$NODE_ROOT/restarts-$1"
  note "start $1"
}
show() {
  local release
  release=$(cat "$NODE_ROOT/running-$2" 2>/dev/null)
  if [ -e "$release/crashes" ]; then echo $(($(cat "$NODE_ROOT/restarts-$2") + 1)) >"$NODE_ROOT/restarts-$2"; fi
  case $1 in
    MainPID) if [ -n "$release" ]; then echo $((4000 + $(cat "$NODE_ROOT/restarts-$2"))); else echo 0; fi ;;
    NRestarts) cat "$NODE_ROOT/restarts-$2" ;;
    Result) cat "$NODE_ROOT/result-$2" ;;
  esac
}
case $1 in
  stop | start) each "$@" ;;
  show) unit=\${5#app@}; show "$3" "\${unit%.service}" ;;
  list-units) sed -E 's/.*/app@&.service loaded active running/' "$NODE_ROOT/ports" ;;
  is-active) exit 3 ;;
esac`,
  // systemd puts its own variables into a command's words, unless it is told not to.
  "systemd-run": `
expands=yes
while [ $# -gt 0 ]; do
  case $1 in
    --expand-environment=no) expands=no ;;
    --property=WorkingDirectory=*) cd "\${1##*=}" || exit 1 ;;
    --property=EnvironmentFile=/*) set -a; . "\${1##*=}" || exit 1; set +a ;;
    --setenv=*) export "\${1#--setenv=}" ;;
    --unit=*) echo "unit \${1#--unit=}" >>"$NODE_ROOT/units" ;;
    --*) ;;
    *) break ;;
  esac
  shift
done
if [ $expands = yes ] && [[ $* == *'\${'* ]]; then echo "systemd would change these words: $*" >&2; exit 1; fi
exec "$@"`,
  yarn: `
echo "yarn $* in \${PWD##*/}" >>"$NODE_ROOT/log"
[ ! -e cannot-install ] || { echo "no such package" >&2; exit 1; }
if [ "$1" = install ] && [ -e other-lock ]; then echo changed >yarn.lock; fi
[ "$1" != workspaces ] || touch installed`,
  psql: `
for word; do case $word in release=* | node=* | deployer=*) declare "$word" ;; esac; done
printf '%s\\0' "$0" "$@" >"$NODE_ROOT/psql-words"
echo "$PGUSER $PGPASSWORD $PGHOST $PGPORT $PGDATABASE" >"$NODE_ROOT/psql-address"
while IFS= read -r line; do
  [ ! -e "$FAKE_DATABASE.away" ] || { echo "server closed the connection unexpectedly" >&2; exit 2; }
  case $line in
    '\\echo '*) echo "\${line#'\\echo '}" ;;
    *'INSERT INTO trivet.migrations'*) echo "$release $node $deployer" >>"$FAKE_DATABASE" ;;
    *'FROM trivet.migrations'*) grep -q "^$release " "$FAKE_DATABASE" 2>/dev/null && echo "migrated before" ;;
  esac
done`,
  runuser: `[ "$1" = -u ] && shift 3; exec "$@"`,
  // As a Node.js whose heap is full ends.
  journalctl: `
lines=1000
while [ $# -gt 0 ]; do if [ "$1" = --lines ]; then lines=$2; fi; shift; done
{ echo "the worker's last words"; printf '%2d: 0xc70d60 node::Start(int, char**) [node]\\n' {1..30}; } | tail -n "$lines"`,
};
