. /usr/local/lib/trivet/redis-peers
# greets PORT [OPTION...]: it asks for a password, so it has taken the connection.
greets() {
  [[ $(timeout 2 redis-cli --tls --cacert /etc/trivet/tls/ca.crt "${@:2}" -h "$self" -p "$1" PING 2>&1) == NOAUTH* ]]
}
own=(--cert /etc/trivet/tls/app.crt --key /etc/trivet/tls/app.key)
for port in 6379 26379; do
  wait_for 30 "port $port to take a client with a certificate" greets "$port" "${own[@]}"
  if greets "$port"; then fail "port $port takes a client that shows no certificate"; fi
done
wait_for 60 "sentinel to know a master that answers, and the other sentinels" sentinel_settled
