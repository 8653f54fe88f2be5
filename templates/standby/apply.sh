# Its agent clones, rewinds or just starts it, whatever takes least. What is left is a setting that needs a restart.
in_order() { /usr/local/lib/trivet/ask-agent GET /status | grep -qE '"role":"leader"|"streaming":"'; }
wait_for 600 "PostgreSQL to follow the primary; trivet status says what is wrong" in_order
/usr/local/lib/trivet/ask-agent POST /restart >/dev/null
