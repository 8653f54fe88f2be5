redis_info() {
  REDISCLI_AUTH=$(cat /etc/trivet/redis/monitor.pass) redis-cli --no-auth-warning --user monitor --tls \
    --cacert /etc/trivet/tls/ca.crt --cert /etc/trivet/tls/node.crt --key /etc/trivet/tls/node.key \
    -h "$PRIVATE_IP" -p 6379 INFO replication | tr -d '\r'
}
# Master, or a replica whose link to its master is up.
in_order() { redis_info | grep -qxE 'role:master|master_link_status:up'; }
wait_for 60 "redis to be a master or a replica of one" in_order
