systemctl is-enabled -q trivet-rotation.service || fail "trivet-rotation.service is not enabled"
systemctl is-active -q trivet-rotation.service || fail "trivet-rotation.service is not active; it does its work when it is stopped"
# Before the first release the answer is no, which is an answer.
answers() {
  local status
  status=$(curl --silent --output /dev/null --max-time 3 --write-out '%{http_code}' --unix-socket /run/trivet/health.sock http://node/health)
  [[ $status =~ ^(204|503)$ ]]
}
wait_for 30 "the agent to answer for the node's health" answers
