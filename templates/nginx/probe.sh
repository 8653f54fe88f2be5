# As the load balancer asks, with the PROXY protocol. 502 and 503 are answers too: the workers' health is their own role's.
answers() { curl --silent --output /dev/null --max-time 5 --haproxy-protocol "http://$PRIVATE_IP/health"; }
wait_for 20 "nginx to answer on port 80" answers
serves() {
  curl --silent --output /dev/null --max-time 5 --haproxy-protocol --cacert /etc/trivet/tls/ca.crt --resolve "$DOMAIN:443:$PRIVATE_IP" "https://$DOMAIN/healthz"
}
wait_for 20 "nginx to serve https://$DOMAIN" serves
