/** Patroni's own times, in seconds, and whether a commit waits for a standby. */
export interface PatroniTiming {
  name: string;
  ttl: number;
  loopWait: number;
  retryTimeout: number;
  synchronous: boolean;
}

/** As it comes, at the shortest times that it accepts, and at those with the same promise about commits as Trivet's. */
export const timings: PatroniTiming[] = [
  { name: "Patroni, defaults", ttl: 30, loopWait: 10, retryTimeout: 10, synchronous: false },
  { name: "Patroni, fastest", ttl: 20, loopWait: 1, retryTimeout: 3, synchronous: false },
  { name: "Patroni, fastest, synchronous", ttl: 20, loopWait: 1, retryTimeout: 3, synchronous: true },
];

export const scope = "17-peer";
export const configFile = `/etc/patroni/${scope}.yml`;

export interface PatroniPasswords {
  superuser: string;
  replication: string;
}

/** A node's whole Patroni configuration; what it does not name is Patroni's default. JSON is YAML. */
export function patroniConfig(
  node: { name: string; privateIp: string },
  peers: string[],
  range: string,
  passwords: PatroniPasswords,
  timing: PatroniTiming,
) {
  return {
    scope,
    name: node.name,
    etcd3: { hosts: peers.map((address) => `${address}:2379`) },
    restapi: { listen: `${node.privateIp}:8008`, connect_address: `${node.privateIp}:8008` },
    bootstrap: {
      dcs: {
        ...dynamicSettings(timing),
        postgresql: { use_pg_rewind: true, use_slots: true },
      },
      initdb: [{ encoding: "UTF8" }, "data-checksums"],
    },
    postgresql: {
      listen: `127.0.0.1,${node.privateIp}:5432`,
      connect_address: `${node.privateIp}:5432`,
      use_unix_socket: true,
      data_dir: "/var/lib/postgresql/17/peer",
      bin_dir: "/usr/lib/postgresql/17/bin",
      pgpass: "/var/lib/postgresql/peer.pgpass",
      pg_hba: [
        "local all postgres peer",
        ...["127.0.0.1/32", range].flatMap((from) => [
          `host replication replicator ${from} scram-sha-256`,
          `host all all ${from} scram-sha-256`,
        ]),
      ],
      authentication: {
        superuser: { username: "postgres", password: passwords.superuser },
        replication: { username: "replicator", password: passwords.replication },
      },
      parameters: { unix_socket_directories: "/var/run/postgresql" },
    },
  };
}

/** The settings that live in etcd, and can be changed on a running cluster. */
export const dynamicSettings = ({ ttl, loopWait, retryTimeout, synchronous }: PatroniTiming) => ({
  ttl,
  loop_wait: loopWait,
  retry_timeout: retryTimeout,
  synchronous_mode: synchronous,
});

/** etcd's environment, with its own defaults but for the three members. */
export function etcdDefaults(node: { name: string; privateIp: string }, all: { name: string; privateIp: string }[]) {
  const members = all.map(({ name, privateIp }) => `${name}=http://${privateIp}:2380`).join(",");
  const lines = {
    ETCD_NAME: node.name,
    ETCD_DATA_DIR: "/var/lib/etcd/peer",
    ETCD_LISTEN_PEER_URLS: `http://${node.privateIp}:2380`,
    ETCD_LISTEN_CLIENT_URLS: `http://${node.privateIp}:2379,http://127.0.0.1:2379`,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://${node.privateIp}:2380`,
    ETCD_ADVERTISE_CLIENT_URLS: `http://${node.privateIp}:2379`,
    ETCD_INITIAL_CLUSTER: members,
    ETCD_INITIAL_CLUSTER_STATE: "new",
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}
