visudo --check --quiet --file /etc/sudoers.d/trivet-postgres || fail "sudo does not accept trivet-postgres"
/usr/lib/postgresql/17/bin/repmgr --version >/dev/null || fail "repmgr does not run"
