quorate() {
  REDISCLI_AUTH=$(cat /etc/trivet/redis/sentinel-peer.pass) redis-cli --no-auth-warning --user peer --tls \
    --cacert /etc/trivet/tls/ca.crt -h "$PRIVATE_IP" -p 26379 "$@"
}
knows_master() { quorate SENTINEL get-master-addr-by-name main | grep -q '^[0-9]'; }
wait_for 30 "sentinel to know a master" knows_master
