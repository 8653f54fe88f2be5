#!/usr/bin/env bash
# Opens redis-cli as the application's user: on the master, whichever node that is. Arguments: "terminal" or "pipe"
# (redis-cli sees for itself), "master", or "here" for this node's own redis, redis-cli's words.
set -euo pipefail
which=$2
shift 2
# What was typed stays nowhere.
export REDISCLI_HISTFILE=/dev/null

# A variable of the application's environment that the stack made: letters, digits and the like.
of_app() { sed -nE "s/^REDIS_$1=\"(.*)\"$/\1/p" /etc/trivet/app.env; }

options=(--no-auth-warning --tls --cacert "$(of_app CA_FILE)" --cert "$(of_app CERT_FILE)" --key "$(of_app KEY_FILE)")

ask_sentinel() { # HOST PORT WORD...
  REDISCLI_AUTH=$(of_app SENTINEL_PASSWORD) timeout 3 redis-cli "${options[@]}" --user "$(of_app SENTINEL_USERNAME)" \
    -h "$1" -p "$2" "${@:3}" </dev/null 2>/dev/null
}

# The first sentinel that answers knows it.
master() {
  local sentinel ip
  for sentinel in $(of_app SENTINELS | tr , ' '); do
    ip=$(ask_sentinel "${sentinel%:*}" "${sentinel#*:}" SENTINEL GET-MASTER-ADDR-BY-NAME "$(of_app MASTER_NAME)") ||
      continue
    # Its second line is the port.
    ip=${ip%%$'\n'*}
    if [[ $ip =~ ^[0-9.]+$ ]]; then
      echo "$ip"
      return
    fi
  done
  echo "trivet: no sentinel says who redis' master is; \"npx trivet status\" says what is wrong." >&2
  return 1
}

if [ "$which" = master ]; then ip=$(master); else ip=127.0.0.1; fi
REDISCLI_AUTH=$(of_app PASSWORD)
export REDISCLI_AUTH
exec redis-cli "${options[@]}" --user "$(of_app USERNAME)" -h "$ip" -p 6379 "$@"
