import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { hostFabric } from "../../local/fabric";
import { paths } from "../../local/paths";
import { eventually, inside, machine, pulumi } from "./cluster";
import { ask, infoOf, masterNode, whole } from "./redis";
import { sharedCluster } from "./shared";

const nodes = ["ash", "birch", "cedar"];
const fabric = hostFabric(paths.cloud);
const named = (node: string) => `trivet-local-${node}`;
const server = "^/usr/bin/redis-server ";

/**
 * A client of one redis that follows nobody. Runs on the node: it writes a numbered key every 10 ms and prints a line for
 * each, with the outcome: ok, redis' error, or unknown when the connection broke first.
 */
const writer = `
const { readFileSync } = require("node:fs");
const [host, tag, seconds] = process.argv.slice(2);
const password = /^REDIS_PASSWORD="(.*)"$/m.exec(readFileSync("/etc/trivet/app.env", "utf8"))[1];
const [ca, cert, key] = ["ca.crt", "app.crt", "app.key"].map((name) => readFileSync("/etc/trivet/tls/" + name));
let socket, pending, number = 0;
function finish(outcome) {
  if (pending) console.log([pending, Date.now(), outcome].join(" "));
  pending = undefined;
}
function connect() {
  const own = (socket = require("node:tls").connect({ host, port: 6379, ca, cert, key }));
  own.ready = false;
  own.on("secureConnect", () => own.write("AUTH app " + password + "\\r\\n"));
  own.on("data", (part) => {
    if (own.ready) finish(String(part).startsWith("+OK") ? "ok" : String(part).split(" ")[0]);
    else own.ready = String(part).startsWith("+OK");
  });
  own.on("error", () => {});
  own.on("close", () => {
    finish("unknown");
    socket = undefined;
  });
}
setInterval(() => {
  if (!socket) return connect();
  if (!socket.ready || pending) return;
  pending = tag + ":" + ++number;
  socket.write("SET " + pending + " 1\\r\\n");
}, 10);
setTimeout(() => process.exit(), seconds * 1000);
`;

interface Write {
  key: string;
  at: number;
  outcome: string;
}

/** Writes to every node's redis for some seconds, each from its own node, whoever is master. */
function writeEverywhere(seconds: number): Record<string, Promise<Write[]>> {
  const run = Date.now();
  const writing = nodes.map(async (node) => {
    const { privateIp } = await machine(node);
    const command = `node - ${privateIp} e2e:${run}:${node} ${seconds}`;
    // The power may be cut meanwhile: what was printed counts.
    const printed = await inside(node, command, writer).catch((error: { stdout?: string }) => error.stdout ?? "");
    return printed
      .split("\n")
      .map((line) => line.split(" "))
      .filter((words) => words.length === 3)
      .map(([key, at, outcome]) => ({ key: key!, at: Number(at), outcome: outcome! }));
  });
  return Object.fromEntries(nodes.map((node, at) => [node, writing[at]!]));
}

async function done(writing: Record<string, Promise<Write[]>>): Promise<Record<string, Write[]>> {
  return Object.fromEntries(await Promise.all(nodes.map(async (node) => [node, await writing[node]!] as const)));
}

const accepted = (writes: Write[]) => writes.filter(({ outcome }) => outcome === "ok");
const last = (writes: Write[]) => Math.max(...writes.map(({ at }) => at));
const first = (writes: Write[]) => Math.min(...writes.map(({ at }) => at));

/** What redis-cli needs to show a node's or the application's certificate. */
const certificate = (of: "node" | "app") =>
  `--cacert /etc/trivet/tls/ca.crt --cert /etc/trivet/tls/${of}.crt --key /etc/trivet/tls/${of}.key`;

/** The acknowledged writes that the master does not have. */
async function lost(writes: Write[]): Promise<Write[]> {
  const asked = accepted(writes);
  const master = await masterNode();
  const password = `$(sed -n 's/^REDIS_PASSWORD="\\(.*\\)"$/\\1/p' /etc/trivet/app.env)`;
  const { privateIp } = await machine(master);
  const there = await inside(
    master,
    `REDISCLI_AUTH=${password} redis-cli --no-auth-warning --user app --tls ${certificate("app")} -h ${privateIp}`,
    asked.map(({ key }) => `EXISTS ${key}\n`).join(""),
  );
  const answers = there.trim().split("\n");
  expect(answers).to.have.length(asked.length);
  return asked.filter((_, at) => answers[at] !== "1");
}

describe("redis and sentinel", function () {
  this.timeout(15 * 60_000);
  before(sharedCluster);
  beforeEach(whole);
  afterEach(async () => {
    await fabric.heal();
    await fabric.restore(...nodes.map(named));
    for (const node of nodes) await fabric.signal(named(node), "CONT", server).catch(() => undefined);
  });

  it("loses nothing when the master's process is killed", async () => {
    const writing = writeEverywhere(20);
    await sleep(4000);
    await fabric.signal(named(await masterNode()), "KILL", server);
    const killed = Date.now();
    const writes = Object.values(await done(writing)).flat();
    await whole();
    expect(last(accepted(writes))).to.be.greaterThan(killed);
    expect(await lost(writes)).to.deep.equal([]);
  });

  it("moves the master away from a process that hangs", async () => {
    const old = await masterNode();
    const writing = writeEverywhere(30);
    await sleep(4000);
    await fabric.signal(named(old), "STOP", server);
    await eventually(20, async () => expect(await masterNode()).to.not.equal(old));
    await sleep(5000);
    await fabric.signal(named(old), "CONT", server);
    const writes = await done(writing);
    await whole();
    expect(await masterNode()).to.not.equal(old);
    // What waited in its sockets is answered by a process that does not know how long it slept: one write a client.
    const gone = await lost(Object.values(writes).flat());
    expect(gone.length).to.be.at.most(1);
    for (const { key } of gone) expect(key).to.include(`:${old}:`);
  });

  it("has an isolated master stop before its successor takes a write, and one history in the end", async () => {
    const old = await masterNode();
    const writing = writeEverywhere(30);
    await sleep(4000);
    const cut = Date.now();
    await fabric.partition(named(old));
    await sleep(18_000);
    await fabric.heal(named(old));
    const writes = await done(writing);
    await whole();
    const successor = nodes.filter((node) => node !== old).flatMap((node) => accepted(writes[node]!));
    const own = accepted(writes[old]!);
    expect(successor).to.not.deep.equal([]);
    expect(last(own)).to.be.lessThan(first(successor));
    expect(writes[old]!.some(({ outcome }) => outcome === "-NOREPLICAS")).to.equal(true);
    // Only what the isolated one took when nobody followed it any more.
    for (const { key, at } of await lost([...own, ...successor])) {
      expect(key).to.include(`:${old}:`);
      expect(at).to.be.greaterThan(cut - 1000);
    }
  });

  it("goes on after a power cut of the master, which comes back as a replica", async () => {
    const old = await masterNode();
    const writing = writeEverywhere(20);
    await sleep(4000);
    const cut = Date.now();
    await fabric.cut(named(old));
    const writes = await done(writing);
    await fabric.restore(named(old));
    await whole();
    expect(await masterNode()).to.not.equal(old);
    for (const { at } of await lost(Object.values(writes).flat())) expect(at).to.be.greaterThan(cut - 1000);
  });

  for (const order of ["former master first", "former master last"])
    it(`comes back after a power cut of all nodes, the ${order}`, async () => {
      const old = await masterNode();
      const replicas = nodes.filter((node) => node !== old);
      const writing = writeEverywhere(20);
      await sleep(6000);
      const cut = Date.now();
      await fabric.cut(...nodes.map(named));
      const writes = Object.values(await done(writing)).flat();
      expect(accepted(writes)).to.not.deep.equal([]);
      for (const node of order.endsWith("first") ? [old, ...replicas] : [...replicas, old]) {
        await fabric.restore(named(node));
        await sleep(10_000);
      }
      await whole();
      expect(await masterNode()).to.equal(old);
      // appendfsync everysec: two seconds, when a sync was under way.
      for (const { at } of await lost(writes)) expect(at).to.be.greaterThan(cut - 2500);
    });

  it("takes no history from a former master that comes back first after a power cut of all nodes", async () => {
    const stale = await masterNode();
    await fabric.partition(named(stale));
    await eventually(30, async () => expect(await masterNode()).to.not.equal(stale));
    const current = await masterNode();
    const third = nodes.find((node) => node !== stale && node !== current)!;
    const writes = (await done(writeEverywhere(8)))[current]!;
    expect(accepted(writes)).to.not.deep.equal([]);
    await sleep(3000);
    await fabric.cut(...nodes.map(named));
    await fabric.heal();
    for (const node of [stale, third]) {
      await fabric.restore(named(node));
      await sleep(20_000);
    }
    for (const node of [stale, third]) expect(await infoOf(node).catch(() => ""), node).to.not.include("role:master");
    await fabric.restore(named(current));
    await whole();
    expect(await masterNode()).to.equal(current);
    expect(await lost(writes)).to.deep.equal([]);
  });

  it("hands over without losing a write when the master is restarted on purpose", async () => {
    const old = await masterNode();
    const writing = writeEverywhere(15);
    await sleep(4000);
    await inside(old, "systemctl restart trivet-redis");
    const writes = Object.values(await done(writing)).flat();
    await whole();
    expect(await masterNode()).to.not.equal(old);
    expect(await lost(writes)).to.deep.equal([]);
  });

  it("refuses clients that show no certificate, or one of another authority", async () => {
    // As the application's authority would make them, were it another one.
    const foreign = await inside(
      "ash",
      `dir=$(mktemp -d) && cd "$dir" && new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes" && {
        openssl req -x509 $new -days 1 -subj "/CN=trivet-local authority/O=Trivet" -keyout other.key -out other.crt
        openssl req $new -subj "/CN=trivet-local application/O=Trivet" -keyout app.key -out app.csr
        openssl x509 -req -in app.csr -CA other.crt -CAkey other.key -CAcreateserial -days 1 -out app.crt
      } 2>/dev/null >&2 && echo "$dir"`,
    );
    const authority = "--cacert /etc/trivet/tls/ca.crt";
    const theirs = `${authority} --cert ${foreign.trim()}/app.crt --key ${foreign.trim()}/app.key`;
    for (const node of nodes) {
      const { privateIp } = await machine(node);
      for (const port of [6379, 26379]) {
        const ping = (shown: string) =>
          inside("ash", `timeout 5 redis-cli --tls ${shown} -h ${privateIp} -p ${port} PING 2>&1 || true`);
        for (const own of ["node", "app"] as const)
          expect(await ping(certificate(own)), `${own} to ${node}:${port}`).to.include("NOAUTH");
        for (const shown of [authority, theirs])
          expect(await ping(shown), `${shown} to ${node}:${port}`).to.match(/Error|Could not connect/);
      }
    }
    await inside("ash", `rm -r ${foreign.trim()}`);
  });

  it("gives the application a certificate of its own, and not the node's key", async () => {
    for (const node of nodes) {
      const readable = (file: string) =>
        inside(node, `runuser -u app -- test -r /etc/trivet/tls/${file} && echo yes || echo no`);
      expect((await readable("app.key")).trim(), node).to.equal("yes");
      for (const file of ["node.key", "site.key"]) expect((await readable(file)).trim(), node).to.equal("no");
      const groups = "for pid in $(pgrep -u app); do grep ^Groups: /proc/$pid/status; done";
      // 820 is trivet-tls. A worker that began before its user left the group would still be in it.
      expect(await inside(node, groups), node)
        .to.match(/^Groups:/)
        .and.not.match(/\b820\b/);
      expect(await inside(node, "openssl x509 -in /etc/trivet/tls/app.crt -noout -ext extendedKeyUsage"), node)
        .to.include("TLS Web Client Authentication")
        .and.not.include("Server");
    }
  });

  it("takes up renewed certificates with the same master, the same processes and no write lost", async () => {
    const master = await masterNode();
    const serials = (port: number) =>
      Promise.all(
        nodes.map((node) =>
          // It shows its own before it asks for ours.
          ask(node, `openssl s_client -connect "$self:${port}" </dev/null 2>/dev/null | openssl x509 -noout -serial`),
        ),
      );
    const processes = () => Promise.all(nodes.map((node) => inside(node, "systemctl show -P MainPID trivet-redis")));
    const workers = () => Promise.all(nodes.map((node) => inside(node, "systemctl show -P MainPID app@3001")));
    const before = {
      ...{ redis: await serials(6379), sentinel: await serials(26379), processes: await processes() },
      workers: await workers(),
    };

    const { resources } = (
      JSON.parse((await pulumi("stack", "export")).stdout) as { deployment: { resources: { urn: string }[] } }
    ).deployment;
    const certificates = resources
      .map(({ urn }) => urn)
      .filter((urn) => /LocallySignedCert::((ash|birch|cedar)-node|trivet-local-app)$/.test(urn));
    expect(certificates).to.have.length(4);
    const replace = certificates.flatMap((urn) => ["--replace", urn]);
    let going = true;
    const writing = (async () => {
      const writes: Write[] = [];
      while (going) writes.push(...Object.values(await done(writeEverywhere(10))).flat());
      return writes;
    })();
    const { exitCode, all } = await pulumi("up", "--yes", "--skip-preview", ...replace);
    going = false;
    const writes = await writing;
    expect(exitCode, all).to.equal(0);
    await whole();

    for (const [at, node] of nodes.entries()) {
      expect((await serials(6379))[at], node).to.not.equal(before.redis[at]);
      expect((await serials(26379))[at], node).to.not.equal(before.sentinel[at]);
      expect((await workers())[at], node).to.not.equal(before.workers[at]);
    }
    expect(await processes()).to.deep.equal(before.processes);
    expect(await masterNode()).to.equal(master);
    expect(await lost(writes)).to.deep.equal([]);
    expect(
      new Set(writes.filter(({ key }) => key.includes(`:${master}:`)).map(({ outcome }) => outcome)),
    ).to.deep.equal(new Set(["ok"]));
  });
});
