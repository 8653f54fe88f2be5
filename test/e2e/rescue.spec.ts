import { expect } from "chai";
import { hostFabric } from "../../local/fabric";
import { paths } from "../../local/paths";
import { eventually, healthy, inside, primaryNode, request, sql, trivet } from "./cluster";
import { sharedCluster } from "./shared";

const nodes = ["ash", "birch", "cedar"];
const notes = "https://app.trivet.test/notes";
const machineOf = (node: string) => `trivet-local-${node}`;
const fabric = hostFabric(paths.cloud);
const postgres = "postgresql@17-main";

/** What operators do, and what must be refused. */
describe("an operator", function () {
  this.timeout(10 * 60_000);

  before(sharedCluster);
  beforeEach(whole);
  afterEach(() => fabric.restore(...nodes.map(machineOf)));

  it("restarts every agent, and nothing else notices", async () => {
    const before = await Promise.all(nodes.map(pids));
    const leader = await primaryNode();
    for (const node of nodes) await inside(node, "systemctl restart trivet-agent");
    await whole();
    expect(await Promise.all(nodes.map(pids))).to.deep.equal(before);
    expect(await primaryNode()).to.equal(leader);
  });

  it("moves the primary, but not to where it is, nor to where nothing is", async () => {
    const from = await primaryNode();
    const to = nodes.find((node) => node !== from)!;
    const moved = await trivet("switchover", to);
    expect(moved.stdout, moved.all).to.match(new RegExp(`${to} is the primary now, in place of ${from}\\.`));
    expect(await primaryNode()).to.equal(to);
    const again = await trivet("switchover", to);
    expect(again.exitCode).to.equal(1);
    expect(again.stderr).to.include(`${to} is the primary already.`);
  });

  it("does not move the primary while a transaction is open", async () => {
    const from = await primaryNode();
    const open = inside(from, `runuser -u postgres -- psql -Xq app -c "BEGIN; SELECT pg_sleep(120)" 2>&1 || true`);
    const those = (age: string) =>
      `FROM pg_stat_activity WHERE query LIKE 'BEGIN; SELECT pg_sleep%' AND xact_start < now() - interval '${age}'`;
    await eventually(60, async () => expect(await sql(from, `SELECT count(*) ${those("4 s")}`)).to.equal("1"));
    const { exitCode, stderr } = await trivet("switchover");
    await sql(from, `SELECT pg_cancel_backend(pid) ${those("0 s")}`);
    expect(await open).to.include("canceling statement due to user request");
    expect(stderr).to.match(/A transaction has been open for \d+ s/);
    expect(exitCode).to.equal(1);
    expect(await primaryNode()).to.equal(from);
  });

  it("cannot start a second primary by hand", async () => {
    const former = await primaryNode();
    await inside(former, `systemctl stop trivet-agent && systemctl restart ${postgres}`);
    expect(await sql(former, "SELECT pg_is_in_recovery()")).to.equal("t");
    await eventually(60, async () => expect(await primaryNode()).to.not.equal(former));
    await inside(former, "systemctl start trivet-agent");
    await whole();
  });

  it("keeps another cluster's data until told to give it up", async () => {
    const leader = await primaryNode();
    const standby = nodes.find((node) => node !== leader)!;
    await inside(
      standby,
      `systemctl stop trivet-agent ${postgres}
       cd /var/lib/postgresql/17 && rm -rf main && runuser -u postgres -- /usr/lib/postgresql/17/bin/initdb -D main >/dev/null
       rm -f main/postgresql.conf main/pg_hba.conf main/pg_ident.conf
       systemctl start trivet-agent`,
    );
    await eventually(60, async () => {
      expect((await trivet("status")).stdout).to.match(
        new RegExp(`${standby}: the data here is not known to be this cluster's`),
      );
    });
    expect((await request(notes, { method: "POST", body: { text: "meanwhile" } })).status).to.equal(201);
    expect((await trivet("reclone", standby)).exitCode).to.equal(1);
    const { exitCode, all } = await trivet("reclone", standby, "--discard-data");
    expect(exitCode, all).to.equal(0);
  });

  it("shuts out a node that shows another's certificate, or another authority's", async () => {
    const leader = await primaryNode();
    const [impostor, other] = nodes.filter((node) => node !== leader) as [string, string];
    const tls = "/etc/trivet/tls";
    const shown = async (fault: RegExp) => {
      await inside(impostor, "systemctl restart trivet-agent");
      // It hears nobody, so it stands for election: and nobody listens.
      await eventually(60, async () => {
        expect(await inside(leader, "journalctl -u trivet-agent --since -50s -g refused")).to.match(fault);
      });
      // The impostor's own application has lost its way to the primary, until the load balancer asks it no more.
      await eventually(60, async () => {
        const { status, body } = await request(notes, { method: "POST", body: { text: "without the impostor" } });
        expect(status, body).to.equal(201);
      });
      expect(await primaryNode()).to.equal(leader);
    };
    const [crt, key] = await Promise.all(["crt", "key"].map((end) => inside(other, `cat ${tls}/node.${end}`)));
    await inside(impostor, `cp -a ${tls} /root/tls`);
    try {
      await inside(impostor, `cat >${tls}/node.crt`, crt);
      await inside(impostor, `cat >${tls}/node.key`, key);
      await shown(new RegExp(`shows the certificate of ${other}, whose address is`));
      const forged = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${impostor}`;
      await inside(impostor, `openssl req ${forged} -out ${tls}/node.crt -keyout /root/forged.key 2>&1`);
      await inside(impostor, `cat /root/forged.key >${tls}/node.key`);
      await shown(/DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY|self.signed/);
    } finally {
      await inside(impostor, `cp -a /root/tls/. ${tls} && rm -rf /root/tls /root/forged.key`);
      await inside(impostor, "systemctl restart trivet-agent");
    }
  });

  it("boots an old copy of a node's disk, which neither leads nor loses anything", async () => {
    const leader = await primaryNode();
    const standby = nodes.find((node) => node !== leader)!;
    const places = "/var/lib/postgresql /var/lib/trivet/agent";
    const stop = `systemctl stop trivet-agent ${postgres}`;
    await inside(standby, `${stop} && tar -cf /root/old.tar ${places} && systemctl start trivet-agent`);
    await whole();
    const text = `after the copy ${Date.now()}`;
    expect((await request(notes, { method: "POST", body: { text } })).status).to.equal(201);
    // Its copy does not know the new term either.
    const { exitCode, all } = await trivet(
      "switchover",
      nodes.find((node) => node !== leader && node !== standby)!,
    );
    expect(exitCode, all).to.equal(0);
    const successor = await primaryNode();

    await inside(standby, `${stop} && rm -rf ${places} && tar -xf /root/old.tar -C / && rm /root/old.tar`);
    await inside(standby, "systemctl start trivet-agent");
    await whole();
    expect(await primaryNode()).to.equal(successor);
    expect(await sql(standby, `SELECT count(*) FROM notes WHERE text = '${text}'`)).to.equal("1");
  });

  it("gets a node back after a power cut, whatever has the former postmaster's number by then", async () => {
    const leader = await primaryNode();
    const standby = nodes.find((node) => node !== leader)!;
    const pidFile = "/var/lib/postgresql/17/main/postmaster.pid";
    const found = () => inside(standby, `test -e ${pidFile} && echo there || echo gone`);
    await inside(standby, `systemctl disable --now trivet-agent && systemctl stop ${postgres}`);
    try {
      await inside(standby, `pgrep -o pgbouncer | runuser -u postgres -- tee ${pidFile} && sync`);
      // Within a boot PostgreSQL needs it, to see what still runs.
      await inside(standby, "systemd-tmpfiles --remove");
      expect(await found()).to.equal("there");
      await fabric.cut(machineOf(standby));
      await fabric.restore(machineOf(standby));
      await eventually(60, async () => expect(await found()).to.equal("gone"));
    } finally {
      await inside(standby, "systemctl enable --now trivet-agent");
    }
    await whole();
  });

  it("makes the last node the primary, and only when it is told that data may be lost", async () => {
    const text = `before the fire ${Date.now()}`;
    const leader = await primaryNode();
    const last = nodes.find((node) => node !== leader)!;
    const lost = nodes.filter((node) => node !== last);
    // By the last node's own worker: the balancer finds nobody well, since the example wants redis' majority too.
    const worker = (words: string) => inside(last, `curl -sS --max-time 30 ${words} http://127.0.0.1:3001/notes`);
    const write = (words: string) =>
      worker(`-o /dev/null -w '%{http_code}' -H 'content-type: application/json' -d '{"text":"${words}"}'`);
    expect(await write(text)).to.equal("201");
    await fabric.cut(...lost.map(machineOf));
    // It lets its clients read, and no more.
    await eventually(90, async () => expect(await worker("")).to.include(text));
    expect(Number(await write("refused"))).to.be.at.least(500);
    expect((await trivet("status")).stdout).to.include("force-primary");

    const hesitant = await trivet("force-primary");
    expect(hesitant.exitCode).to.equal(1);
    expect(hesitant.stderr).to.match(new RegExp(`trivet: ${last} would become the primary without a majority`));
    const { exitCode, all } = await trivet("force-primary", "--accept-data-loss");
    expect(exitCode, all).to.equal(0);
    await eventually(60, async () => expect(await write("after the fire")).to.equal("201"));

    await fabric.restore(...lost.map(machineOf));
    await whole();
    expect(await primaryNode()).to.equal(last);
    for (const node of nodes) {
      expect(await sql(node, `SELECT count(*) FROM notes WHERE text IN ('${text}', 'after the fire')`)).to.equal("2");
    }
  });
});

function whole(): Promise<void> {
  return healthy(150);
}

const pids = (node: string) => inside(node, `systemctl show --property MainPID ${postgres} pgbouncer trivet-redis`);
