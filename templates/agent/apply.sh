packages postgresql-client-17 curl sudo
# Put there, whole, before this role runs.
echo "$BUNDLE_SHA256  $BUNDLE" | sha256sum --check --status || fail "$BUNDLE is not what this role was made with; run the stack's update again"
if [ -e /etc/trivet/postgres/pgpass ]; then ln -sfn /etc/trivet/postgres/pgpass /var/lib/postgresql/.pgpass; fi
install -m 0755 "$BUNDLE" /usr/local/lib/trivet/agent.cjs.new
if cmp -s /usr/local/lib/trivet/agent.cjs.new /usr/local/lib/trivet/agent.cjs; then
  rm /usr/local/lib/trivet/agent.cjs.new
else
  printf '%s\n' /usr/local/lib/trivet/agent.cjs >>"$STATE/changed"
  mv /usr/local/lib/trivet/agent.cjs.new /usr/local/lib/trivet/agent.cjs
fi
# It comes back within a second, and finds everything as it left it.
running trivet-agent.service restart '/usr/local/lib/trivet/agent.cjs' '/etc/trivet/agent.json' '/etc/systemd/*'
