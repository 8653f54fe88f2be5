/** Host packages that the local cloud needs; the names are the same on Debian 12 and 13 and on Ubuntu 22.04 and later. */
export const hostPackages = [
  "apt-cacher-ng",
  "curl",
  "e2fsprogs",
  "haproxy",
  "iproute2",
  "mmdebstrap",
  "mount",
  "nftables",
  "openssh-client",
  "procps",
  "rsync",
  "systemd-container",
  "util-linux",
] as const;

/** Only Ubuntu does not bring Debian's signing keys along. */
export const ubuntuPackages = [...hostPackages, "debian-archive-keyring"] as const;
