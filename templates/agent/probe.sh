visudo --check --quiet --file /etc/sudoers.d/trivet-postgres || fail "sudo does not accept trivet-postgres"
wait_for 30 "the agent to answer" /usr/local/lib/trivet/ask-agent GET /status
