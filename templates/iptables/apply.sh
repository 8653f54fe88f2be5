# The package would write the rules that hold now over our files.
for family in v4 v6; do echo "iptables-persistent iptables-persistent/autosave_$family boolean false"; done | debconf-set-selections
packages iptables iptables-persistent iproute2

# A new connection to SSH, from outside as the rules see it: out of a network namespace of its own, over a real link.
ssh_answers() {
  local outside result=1
  unshare --net sleep 60 &
  outside=$!
  sleep 0.2
  ip link add trivet-probe type veth peer name probe netns "$outside"
  ip address add 169.254.77.1/30 dev trivet-probe
  ip link set trivet-probe up
  nsenter --target "$outside" --net sh -c 'ip address add 169.254.77.2/30 dev probe && ip link set probe up'
  for _ in 1 2 3; do
    # shellcheck disable=SC2016 # the inner shell's variable
    if nsenter --target "$outside" --net timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.77.1/22 && read -r line <&3 && [[ $line == SSH-2.0-* ]]' 2>/dev/null; then
      result=0
      break
    fi
  done
  kill "$outside"
  wait "$outside" 2>/dev/null || true
  return $result
}

restore() { iptables-restore "$1/v4" && ip6tables-restore "$1/v6"; }

if changed '/etc/iptables/*' || ! iptables --check INPUT -i lo -j ACCEPT 2>/dev/null; then
  iptables-restore --test /etc/iptables/rules.v4 || fail "iptables does not accept rules.v4; nothing was loaded"
  ip6tables-restore --test /etc/iptables/rules.v6 || fail "ip6tables does not accept rules.v6; nothing was loaded"
  before=$(mktemp --directory /run/trivet-iptables-XXXXXX)
  iptables-save >"$before/v4"
  ip6tables-save >"$before/v6"
  # Should this script be cut off in between, a timer puts the old rules back.
  systemctl stop trivet-iptables-rollback.timer 2>/dev/null || true
  systemd-run --quiet --unit trivet-iptables-rollback --on-active 30 \
    sh -c "iptables-restore $before/v4; ip6tables-restore $before/v6"
  iptables-restore /etc/iptables/rules.v4
  ip6tables-restore /etc/iptables/rules.v6
  if ! ssh_answers; then
    restore "$before"
    cp "$before/v4" /etc/iptables/rules.v4
    cp "$before/v6" /etc/iptables/rules.v6
    systemctl stop trivet-iptables-rollback.timer
    fail "with the new rules SSH answers no more; the old ones are back"
  fi
  systemctl stop trivet-iptables-rollback.timer
  rm -r "$before"
  say "loaded new rules"
fi
systemctl is-enabled -q netfilter-persistent || systemctl enable -q netfilter-persistent
