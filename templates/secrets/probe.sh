cd /etc/trivet/tls
for name in node app site; do
  openssl verify -CAfile ca.crt "$name.crt" >/dev/null || fail "$name.crt is not signed by ca.crt"
  [ "$(openssl x509 -in "$name.crt" -noout -pubkey)" = "$(openssl pkey -in "$name.key" -pubout)" ] || fail "$name.key does not belong to $name.crt"
done
cd /
runuser -u app -- test -r /etc/trivet/tls/app.key || fail "the application cannot read its own key"
for name in node site; do
  if runuser -u app -- test -r "/etc/trivet/tls/$name.key"; then fail "the application can read $name.key"; fi
done
