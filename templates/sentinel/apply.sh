packages redis-sentinel redis-tools
systemctl is-enabled -q redis-sentinel 2>/dev/null && systemctl disable -q --now redis-sentinel
running trivet-sentinel.service restart /etc/trivet/redis/sentinel.conf /usr/local/lib/trivet/sentinel-seed '/etc/systemd/*'
