import { createHash } from "node:crypto";
import { extraAuthorities, hostApt, type HostApt } from "./host-apt";
import { services } from "./services";

/** All that an image is made of; the same recipe makes the same image. */
export interface Recipe {
  release: "trixie";
  packages: string[];
  /** apt sources lines; none where mmdebstrap's own default is to be used. */
  sources: string[];
  /** Settings for apt while the image is made. */
  aptSettings: string[];
  /** Files of the image by their path. */
  files: Record<string, string>;
  /** Shell script run in the image's root at the end. */
  finish: string;
}

/** What DigitalOcean's Debian droplets bring along, less the kernel, the boot loader and their agent. */
const packages = [
  ..."systemd systemd-sysv systemd-resolved systemd-timesyncd libpam-systemd dbus cloud-init openssh-server".split(" "),
  ..."apt apt-utils ca-certificates curl wget gnupg lsb-release python3 sudo less vim-tiny bash-completion".split(" "),
  ..."iproute2 iputils-ping procps kmod nftables iptables cron logrotate rsync locales".split(" "),
];

/** A droplet's cloud-init: root logs in with the account's keys, and the provider manages host name and network. */
const cloudConfig = `# Written by the image's builder.
datasource_list: [NoCloud]
disable_root: false
ssh_pwauth: false
users: []
manage_etc_hosts: true
apt: { preserve_sources_list: true }
growpart: { mode: "off" }
resize_rootfs: false
system_info:
  distro: debian
  network:
    renderers: [networkd]
`;

/** An empty machine-id is filled at the first boot, and host keys are made then: no two machines share either. */
const finish = `set -eu
: > etc/machine-id
rm -f etc/ssh/ssh_host_* etc/hostname var/lib/dbus/machine-id var/lib/systemd/random-seed
mkdir -p var/log/journal
chroot . systemctl --quiet enable systemd-networkd.service systemd-resolved.service ssh.service
chroot . update-ca-certificates >/dev/null 2>&1
rm -rf var/lib/apt/lists/* var/cache/apt/*.bin var/log/apt var/log/dpkg.log var/log/bootstrap.log
`;

export async function recipe(): Promise<Recipe> {
  const apt = await hostApt();
  return compose(apt, await extraAuthorities());
}

/** The image for machines of a host with such an apt and such further certificate authorities. */
export function compose(apt: HostApt, authorities: string[]): Recipe {
  const throughCache = [...apt.settings, `Acquire::http::Proxy "${services.url}";`];
  return {
    release: "trixie",
    packages,
    sources: sourcesOf(apt),
    aptSettings: apt.settings,
    files: {
      "/etc/cloud/cloud.cfg.d/90-droplet.cfg": cloudConfig,
      "/etc/systemd/resolved.conf.d/droplet.conf": "[Resolve]\nLLMNR=no\nMulticastDNS=no\n",
      "/etc/apt/apt.conf.d/90local-cloud": throughCache.join("\n") + "\n",
      ...trust(authorities),
    },
    finish,
  };
}

export function fingerprintOf(recipe: Recipe): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}

function sourcesOf({ repositories }: HostApt): string[] {
  const { main, updates = main, security } = repositories;
  if (main === undefined) return [];
  return [
    `deb ${main} trixie main`,
    `deb ${updates} trixie-updates main`,
    ...(security === undefined ? [] : [`deb ${security} trixie-security main`]),
  ];
}

/** Node.js brings its own authorities and asks the system's only when told so. */
function trust(authorities: string[]): Record<string, string> {
  if (authorities.length === 0) return {};
  const variable = "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt";
  return {
    ...Object.fromEntries(
      authorities.map((pem, index) => [`/usr/local/share/ca-certificates/host-${index}.crt`, pem + "\n"]),
    ),
    "/etc/environment": variable + "\n",
    "/etc/systemd/system.conf.d/host-authorities.conf": `[Manager]\nDefaultEnvironment=${variable}\n`,
  };
}
