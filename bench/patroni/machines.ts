import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import * as path from "node:path";
import { ask, untilNothing } from "../../drills/ask";
import { sql } from "../../drills/postgres";
import { hostFabric, type HostFabric, type Machine } from "../../local/fabric";
import { configFile, etcdDefaults, patroniConfig, scope, timings, type PatroniPasswords } from "./settings";

const range = "10.106.0.0/24";
const vpcId = "6f0c4c55-6d0b-4f3e-9c57-0a3f2d1f7b21";
const specs = [1, 2, 3].map((number) => ({
  id: 510_000_000 + number,
  name: `peer-${number}`,
  image: "debian-13-x64",
  memoryMiB: 1024,
  diskGiB: 25,
  vpcId,
  publicIp: `198.51.100.${100 + number}`,
  privateIp: `10.106.0.${10 + number}`,
  userData: "",
  publicKeys: [],
}));

export interface PeerMachines {
  fabric: HostFabric;
  machine: (name: string) => Promise<Machine>;
  names: string[];
  /** Of the role `app`. */
  password: string;
}

/** Three machines like Trivet's nodes, with Patroni and etcd from Debian, for as long as the work takes. */
export async function withPeerMachines(work: (peers: PeerMachines) => Promise<void>): Promise<void> {
  // Not /tmp, which may be in memory: there are three machines' disks in it.
  const home = await mkdtemp("/var/tmp/trivet-peer-");
  const fabric = hostFabric(path.join(home, "cloud"));
  await fabric.start();
  try {
    await fabric.prepare();
    await fabric.putVpc({ id: vpcId, ipRange: range });
    for (const spec of specs) await fabric.putMachine(spec);
    const machine = async (name: string) => (await fabric.machines()).find((it) => it.name === name)!;
    const password = randomBytes(16).toString("hex");
    await install(await fabric.machines(), password);
    await work({ fabric, machine, names: specs.map(({ name }) => name), password });
  } finally {
    await fabric.teardown();
    await rm(home, { recursive: true, force: true });
  }
}

async function install(machines: Machine[], password: string): Promise<void> {
  const passwords = { superuser: randomBytes(16).toString("hex"), replication: randomBytes(16).toString("hex") };
  await Promise.all(machines.map((machine) => ask(machine, packages, 600)));
  await Promise.all(machines.map((machine) => startEtcd(machine, machines)));
  // One after the other: the first one makes the cluster, the others copy it.
  for (const machine of machines) await startPatroni(machine, machines, passwords);
  // A power cut takes what is not on disk yet, and what was installed is not to be what it breaks.
  await Promise.all(machines.map((machine) => ask(machine, "sync", 120)));
  await sql(
    machines[0]!,
    `CREATE ROLE owner; CREATE ROLE app LOGIN PASSWORD '${password}'; CREATE DATABASE app OWNER owner;`,
  );
}

const packages = `set -e
export DEBIAN_FRONTEND=noninteractive
cloud-init status --wait >/dev/null || true
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
# They are started with their settings, not at their installation.
for unit in etcd patroni; do ln -sf /dev/null /etc/systemd/system/$unit.service; done
apt-get update -q
apt-get install -yq --no-install-recommends curl postgresql-17 patroni python3-etcd etcd-server etcd-client
rm -f /etc/systemd/system/etcd.service /etc/systemd/system/patroni.service
systemctl daemon-reload`;

async function startEtcd(machine: Machine, all: Machine[]): Promise<void> {
  await ask(machine, "cat >/etc/default/etcd && systemctl enable --now etcd", 90, etcdDefaults(machine, all));
}

async function startPatroni(machine: Machine, all: Machine[], passwords: PatroniPasswords): Promise<void> {
  const addresses = all.map(({ privateIp }) => privateIp);
  const config = JSON.stringify(patroniConfig(machine, addresses, range, passwords, timings[0]!), undefined, 2);
  const start = `umask 077 && cat >${configFile} && chown postgres: ${configFile} && systemctl enable --now patroni@${scope}`;
  await ask(machine, start, 30, config);
  const faults = await untilNothing(120, () =>
    sql(machine, "SELECT 1").then(
      () => [],
      (error: Error) => [error.message],
    ),
  );
  if (faults.length > 0) throw new Error(`Patroni on ${machine.name} does not start: ${faults.join("; ")}`);
}
