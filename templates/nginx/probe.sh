# As the load balancer asks, with the PROXY protocol. 503 is an answer too: how the node is, is other roles' business.
answers() { curl --silent --output /dev/null --max-time 5 --haproxy-protocol "http://$PRIVATE_IP/health"; }
wait_for 20 "nginx to answer on port 80" answers

# Each site, with the certificate that clients are shown. Its issuer is another role's business.
serves() {
  curl --silent --insecure --output /dev/null --max-time 5 --haproxy-protocol --resolve "$1:443:$PRIVATE_IP" "https://$1/healthz"
}
for host in "${SITE_HOSTS[@]}"; do wait_for 20 "nginx to serve https://$host" serves "$host"; done

# As another node asks, and as the application must not.
asked_as() {
  curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5 --cacert "/etc/trivet/tls/ca.crt" \
    --cert "/etc/trivet/tls/$1.crt" --key "/etc/trivet/tls/$1.key" --connect-to "localhost:8443:$PRIVATE_IP:8443" https://localhost:8443/healthz || true
}
if [ "$HAS_PEERS" = true ]; then
  [ "$(asked_as app)" = 403 ] || fail "on port 8443, the application's certificate is not refused"
fi
