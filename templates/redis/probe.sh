. /usr/local/lib/trivet/redis-peers
# Master, or a replica whose link to its master is up.
in_order() {
  cli monitor "$secrets/monitor.pass" "$self" 6379 INFO replication | tr -d '\r' |
    grep -qxE 'role:master|master_link_status:up'
}
wait_for 60 "redis to be a master or a replica of one" in_order
wait_for 30 "redis to take a client with the application's certificate" greets 6379 app
if greets 6379; then fail "redis takes a client that shows no certificate"; fi
