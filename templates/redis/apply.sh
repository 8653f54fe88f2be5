packages redis-server redis-tools
# Debian's own unit stays off: ours asks the sentinels first.
systemctl is-enabled -q redis-server 2>/dev/null && systemctl disable -q --now redis-server
install -d -o redis -g redis -m 0750 /var/lib/redis
running trivet-redis.service restart /etc/redis/trivet.conf /usr/local/lib/trivet/redis-seed '/etc/systemd/*'
