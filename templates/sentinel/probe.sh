. /usr/local/lib/trivet/redis-peers
# It knows the master and every other sentinel that answers: the restart of the next one takes no majority away.
settled() {
  local ip sentinels
  [[ $(instances MASTER) == *" master" ]] || return 1
  sentinels=$(instances SENTINELS)
  for ip in "${peers[@]}"; do
    if [ "$ip" != "$self" ] && [ "$(ask_sentinel "$ip" PING)" = PONG ]; then
      grep -qx "$ip sentinel" <<<"$sentinels" || return 1
    fi
  done
}
wait_for 60 "sentinel to know a master that answers, and the other sentinels" settled
wait_for 30 "sentinel to take a client with the application's certificate" greets 26379 app
if greets 26379; then fail "sentinel takes a client that shows no certificate"; fi
