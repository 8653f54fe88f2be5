packages redis-server redis-tools
# Debian's own unit stays off: ours asks the sentinels first.
systemctl is-enabled -q redis-server 2>/dev/null && systemctl disable -q --now redis-server
install -d -o redis -g redis -m 0750 /var/lib/redis
# Secrets are taken up while it runs; settings by a restart, before which a master hands over.
settings=(/etc/redis/trivet.conf /etc/systemd/system/trivet-redis.service)
if changed "${settings[@]}"; then how=restart; else how=reload; fi
running trivet-redis.service "$how" "${settings[@]}"
