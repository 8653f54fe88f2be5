# redis asks those that come from now on; sentinel can do so only after a restart.
running trivet-redis.service reload /etc/trivet/redis/clients.conf
running trivet-sentinel.service restart /etc/trivet/redis/clients.conf
