#!/bin/bash
# Keeps one machine powered: boots it, boots it again when it reboots itself, ends when it switches itself off.
# usage: machine.sh DIRECTORY NAMESPACE MACHINE-NAME -- CONTROL-GROUP-DIRECTORY...
set -u
directory=$1 netns=$2 name=$3
shift 4

exec 9>"$directory/lock"
flock -n 9 || exit 0 # two machines on one disk would destroy it

boot() (
  # nspawn makes control groups beside its own, which it must not share with this script.
  for group in "$@"; do
    mkdir -p "$group/machine"
    echo "$BASHPID" >"$group/machine/cgroup.procs"
  done
  # systemd 257 refuses cgroup v1, so the machine always gets v2; its network settings are its own to write.
  export UNIFIED_CGROUP_HIERARCHY=1 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
  exec systemd-nspawn --quiet --boot --register=no --keep-unit \
    --directory="$directory/root" --machine="$name" --network-namespace-path="/run/netns/$netns" \
    --capability=CAP_NET_ADMIN,CAP_IPC_LOCK \
    --console=pipe --link-journal=no --resolv-conf=off --timezone=off 9>&-
)

rebooted=133
while :; do
  boot "$@"
  status=$?
  [ "$status" -eq "$rebooted" ] || break
done

[ "$status" -ne 0 ] || echo off >"$directory/power"
