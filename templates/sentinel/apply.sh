packages redis-sentinel redis-tools
systemctl is-enabled -q redis-sentinel 2>/dev/null && systemctl disable -q --now redis-sentinel
running trivet-sentinel.service restart /etc/trivet/redis/sentinel.conf /etc/systemd/system/trivet-sentinel.service
running trivet-sentinel-tidy.timer restart /etc/systemd/system/trivet-sentinel-tidy.timer
