[ "$(iptables --list-rules INPUT | head -n 1)" = "-P INPUT DROP" ] || fail "the rules are not loaded"
[ "$(ip6tables --list-rules INPUT | head -n 1)" = "-P INPUT DROP" ] || fail "the IPv6 rules are not loaded"
