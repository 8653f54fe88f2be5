live=/etc/trivet/tls/live
[ "$(openssl x509 -in $live/site.crt -noout -pubkey)" = "$(openssl pkey -in $live/site.key -pubout)" ] ||
  fail "$live/site.key does not belong to $live/site.crt"
[ "$(stat -L -c '%a %U' $live)" = "700 root" ] || fail "$live can be read by others than root"
/usr/local/lib/trivet/certificate status >/dev/null || fail "the certificate's state cannot be read"
if [ "$DIRECTORY" != none ]; then
  systemctl is-active -q trivet-certificate.timer || fail "trivet-certificate.timer does not run"
fi
