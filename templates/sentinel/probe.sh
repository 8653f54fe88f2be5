. /usr/local/lib/trivet/redis-peers
wait_for 60 "sentinel to know a master that answers, and the other sentinels" sentinel_settled
