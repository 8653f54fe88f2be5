if [ "$DIRECTORY" != none ]; then packages acme.sh; fi
install -d -m 0755 /var/lib/trivet/certificate
if changed /etc/trivet/certificate.conf; then rm -f /var/lib/trivet/certificate/failures; fi
/usr/local/lib/trivet/certificate settle

timer() { # NAME ISSUER: looks for a certificate where there is an issuer
  if [ "$2" != none ]; then
    running "$1.timer" restart "/etc/systemd/system/$1.timer"
  elif systemctl is-enabled -q "$1.timer" 2>/dev/null; then
    systemctl disable -q --now "$1.timer"
  fi
}
timer trivet-certificate "$DIRECTORY"
if [ "$DIRECTORY" = none ]; then timer trivet-rehearsal none; else timer trivet-rehearsal "$STAGING"; fi

# nginx' own role comes later; an nginx that runs already has to take it up now.
if changed '/etc/nginx/*' && [ -x /usr/local/lib/trivet/reload-nginx ] && systemctl is-active -q nginx.service; then
  /usr/local/lib/trivet/reload-nginx
fi
# New names need not wait for a turn. Where nothing serves yet, this does nothing.
if [ "$PLACE" = 0 ] && [ "$DIRECTORY" != none ] && changed /etc/trivet/certificate.conf &&
  ! systemctl is-active -q trivet-certificate-now.service; then
  systemd-run --quiet --collect --unit trivet-certificate-now /usr/local/lib/trivet/certificate renew --now
fi
