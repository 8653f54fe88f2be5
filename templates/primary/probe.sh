in_order() { /usr/local/lib/trivet/ask-agent GET /status | grep -qE '"role":"leader"|"streaming":"'; }
wait_for 120 "PostgreSQL to be the primary or to follow it; trivet status says what is wrong" in_order
