packages nginx logrotate procps
# The second is an older version's.
rm -f /etc/nginx/sites-enabled/default /etc/nginx/sites-enabled/trivet.conf

# Not for everybody's eyes, as Debian's own two; nginx would make them so.
for log in csp peers; do
  [ -e "/var/log/nginx/$log.log" ] || install -o www-data -g adm -m 0640 /dev/null "/var/log/nginx/$log.log"
done

# What a release says of a site is put here when it is switched to. Before, and where it says nothing, a site is the
# workers'.
for site in "${SITE_NAMES[@]}"; do
  conf=/var/lib/trivet/sites/$site.conf
  [ -e "$conf" ] || printf 'location / {\n  include /etc/nginx/snippets/workers.conf;\n}\n' | file 0644 root:root "$conf"
done

nginx -t -q || fail "nginx does not accept its settings; nothing was reloaded"
if changed '/etc/systemd/*'; then
  systemctl daemon-reload
  systemctl try-restart logrotate.timer
fi
systemctl is-enabled -q nginx.service 2>/dev/null || systemctl enable -q nginx.service
if ! systemctl is-active -q nginx.service; then
  say "starting nginx"
  systemctl start nginx.service
elif changed '/etc/nginx/*' '/var/lib/trivet/sites/*' || secrets_changed; then
  say "reloading nginx"
  # Before the first release there are no clients.
  if [ -e /srv/app/current ]; then how=; else how=--now; fi
  /usr/local/lib/trivet/reload-nginx $how || fail "nginx could not be reloaded"
fi
