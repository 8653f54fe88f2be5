packages nginx
rm -f /etc/nginx/sites-enabled/default
nginx -t -q || fail "nginx does not accept its settings; nothing was reloaded"
running nginx.service reload '/etc/nginx/*'
