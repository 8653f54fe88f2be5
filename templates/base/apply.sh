# The same numbers on every node, below 1000 so that Debian's packages take the users as their own.
user() { # NAME ID HOME SHELL
  getent group "$1" >/dev/null || groupadd --system --gid "$2" "$1"
  getent passwd "$1" >/dev/null || useradd --system --uid "$2" --gid "$1" --home-dir "$3" --shell "$4" "$1"
}
getent group trivet-tls >/dev/null || groupadd --system --gid 820 trivet-tls
user postgres 801 /var/lib/postgresql /bin/bash
user redis 802 /var/lib/redis /usr/sbin/nologin
user app 810 /srv/app /usr/sbin/nologin
for member in postgres redis; do
  id -nG "$member" | grep -qw trivet-tls || usermod --append --groups trivet-tls "$member"
done

packages ca-certificates chrony curl openssl procps sudo

printf '%s\n' "${AUTHORIZED_KEYS[@]}" | file 0600 root:root /root/.ssh/authorized_keys

# No swap: a database that waits for a disk to swap misses its failover's deadlines. What grows is killed instead.
swapoff --all
# A machine that shares its kernel with others may not set all of these.
if changed /etc/sysctl.d/*; then sysctl --quiet --load /etc/sysctl.d/60-trivet.conf 2>/dev/null || say "the kernel keeps some of its own settings"; fi
systemctl is-enabled -q chrony || systemctl enable -q chrony
systemctl start chrony
