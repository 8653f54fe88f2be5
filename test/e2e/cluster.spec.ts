import { expect } from "chai";
import { execa } from "execa";
import { readFileSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { apiUrl, paths, projectRoot } from "../../local/paths";
import { issuerRoots } from "../../local/pebble";
import {
  apiLogLength,
  apiLogSince,
  appliedScripts,
  eventually,
  fileOf,
  healthy,
  inside,
  machine,
  machines,
  npmRun,
  primaryNode,
  pulumi,
  request,
  run,
  sql,
  sshLogins,
  stackOutputs,
  trivet,
} from "./cluster";
import { beforeCluster } from "./shared";
import { under } from "./traffic";

const nodes = ["ash", "birch", "cedar"];
const url = "https://app.trivet.test";

describe("a cluster from nothing", function () {
  this.timeout(30 * 60_000);

  before(beforeCluster);

  describe("up", () => {
    it("that is interrupted half-way goes on where it stopped", async () => {
      const first = execa("npm", ["run", "up"], { cwd: projectRoot, all: true, reject: false });
      await new Promise<void>((resolve) => {
        let seen = "";
        first.all?.on("data", (part: Buffer) => {
          seen += part.toString();
          if (/ash-base.*creating/.test(seen)) resolve();
        });
        void first.finally(resolve);
      });
      // Ctrl-C reaches the engine too.
      for (const pid of (await run("pgrep", "-x", "pulumi")).stdout.split("\n")) process.kill(Number(pid), "SIGINT");
      const interrupted = await first;
      expect(interrupted.exitCode, interrupted.all).to.not.equal(0);

      const { exitCode, all } = await npmRun("up");
      expect(exitCode, all).to.equal(0);
      expect(all).to.include(`${url} answers`);
    });

    it("ends with an application that answers through the balancer, nginx, the workers and both stores", async () => {
      const { status, body } = await request(url);
      expect(status).to.equal(200);
      expect(JSON.parse(body)).to.include.keys("node", "worker", "release");
      expect((await request(`${url}/notes`, { method: "POST", body: { text: "first" } })).status).to.equal(201);
      expect((await request(`${url}/visits`, { method: "POST" })).status).to.be.oneOf([200, 201]);
    });

    it("brings every node and worker into rotation", async () => {
      const seen = new Set<string>();
      await eventually(60, async () => {
        const { node, worker } = JSON.parse((await request(url)).body) as { node: string; worker: string };
        seen.add(`${node}:${worker}`);
        expect(seen.size).to.equal(6);
      });
    });

    it("shows the public certificate, one for all nodes, and rehearses its renewal", async () => {
      const fingerprint = "openssl x509 -in /etc/trivet/tls/live/site.crt -noout -fingerprint -sha256";
      const shown = await Promise.all(nodes.map((node) => inside(node, fingerprint)));
      expect(new Set(shown).size).to.equal(1);
      // The stack's own authority is not among these.
      expect((await request(url, { ca: await issuerRoots(paths.cloud) })).status).to.equal(200);
      await inside("cedar", "systemctl start trivet-rehearsal.service");
      const status = JSON.parse(await inside("cedar", "/usr/local/lib/trivet/certificate status")) as object;
      expect(status).to.deep.include({
        names: "admin.trivet.test app.trivet.test www.trivet.test",
        wantsAnother: null,
      });
      expect(status).to.have.nested.include({ "rehearsal.ok": true });
    });

    it("reports itself healthy", async () => {
      const { stdout, exitCode } = await trivet("status", "--json");
      expect(exitCode).to.equal(0);
      const status = JSON.parse(stdout) as {
        healthy: boolean;
        problems: string[];
        nodes: { postgres: { role: string } }[];
      };
      expect(status.problems).to.deep.equal([]);
      expect(status.nodes.map((node) => node.postgres.role).sort()).to.deep.equal(["primary", "standby", "standby"]);
    });

    it("gives the outputs that an application's repository relies on", async () => {
      expect(await stackOutputs()).to.include.keys("url", "loadBalancerIp", "nodes", "knownHosts", "schemaVersion");
      expect(JSON.stringify(await stackOutputs())).to.not.include("PRIVATE KEY");
    });
  });

  describe("the databases", () => {
    it("show a row that was written through one node on all of them", async () => {
      const text = `from ash ${Date.now()}`;
      const { privateIp } = await machine("ash");
      const post = `curl -sS --fail --haproxy-protocol --insecure --resolve app.trivet.test:443:${privateIp} -H 'content-type: application/json' -d '{"text":"${text}"}' ${url}/notes`;
      expect(await inside("ash", post)).to.include(text);
      for (const node of nodes)
        await eventually(20, async () => {
          expect(await sql(node, `SELECT count(*) FROM notes WHERE text = '${text}'`), node).to.equal("1");
        });
    });

    it("replicate over TLS, and acknowledge only what another node has", async () => {
      const primary = await primaryNode();
      const replication = await sql(
        primary,
        "SELECT count(*), bool_and(ssl), bool_and(sync_state = 'quorum') FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)",
      );
      expect(replication).to.equal("2|t|t");
    });

    it("let the application's role read and write, and no more", async () => {
      const primary = await primaryNode();
      expect(
        await sql(
          primary,
          "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = 'app'",
        ),
      ).to.equal("f|f|f|f");
      expect(await sql(primary, "SELECT has_schema_privilege('app', 'public', 'CREATE')")).to.equal("f");
    });

    it("take no connection without TLS and a certificate of ours", async () => {
      const { privateIp } = await machine("birch");
      const attempt = (mode: string) =>
        inside(
          "ash",
          `PGPASSWORD=x psql "host=${privateIp} user=app dbname=app sslmode=${mode} sslcert=/nonexistent" -c 'SELECT 1' 2>&1 || true`,
        );
      expect(await attempt("disable")).to.match(/no pg_hba.conf entry .* no encryption/);
      expect(await attempt("require")).to.match(/certificate/);
    });

    it("are out of the application's reach but through pgbouncer", async () => {
      const { privateIp } = await machine(await primaryNode());
      const connects = (user: string) =>
        inside(
          "ash",
          `runuser -u ${user} -- timeout 5 bash -c 'exec 3<>/dev/tcp/${privateIp}/5432' 2>&1 && echo connected || true`,
        );
      expect(await connects("postgres")).to.include("connected");
      expect(await connects("app")).to.match(/Connection refused/);
    });

    it("keep redis behind TLS and passwords, with one master and a quorum of sentinels", async () => {
      const { privateIp } = await machine("ash");
      expect(await inside("ash", `timeout 5 redis-cli -h ${privateIp} -p 6379 PING 2>&1 || true`)).to.not.include(
        "PONG",
      );
      const own = "--cert /etc/trivet/tls/node.crt --key /etc/trivet/tls/node.key";
      const tls = `redis-cli --tls --cacert /etc/trivet/tls/ca.crt ${own} -h ${privateIp}`;
      expect(await inside("ash", `${tls} -p 6379 PING 2>&1`)).to.include("NOAUTH");
      const info = `REDISCLI_AUTH=$(cat /etc/trivet/redis/monitor.pass) ${tls} --user monitor --no-auth-warning -p 6379 INFO replication`;
      expect(await inside("ash", info)).to.match(/role:(master|slave)/);
      const sentinel = `REDISCLI_AUTH=$(cat /etc/trivet/redis/sentinel-peer.pass) ${tls} --user peer --no-auth-warning -p 26379 SENTINEL CKQUORUM main`;
      await eventually(30, async () => expect(await inside("ash", sentinel)).to.include("OK 3 usable Sentinels"));
    });
  });

  describe("a node's public address", () => {
    it("answers SSH and nothing else", async () => {
      const { publicIp } = await machine("birch");
      const candidates = [
        ...Array.from({ length: 1024 }, (_, at) => at + 1),
        3001,
        3002,
        5432,
        6379,
        6432,
        8080,
        26379,
      ];
      const open = (
        await Promise.all(candidates.map(async (port) => ((await accepts(publicIp, port)) ? port : 0)))
      ).filter(Boolean);
      expect(open).to.deep.equal([22]);
    });

    it("wants a key", async () => {
      const { publicIp } = await machine("birch");
      const options = [
        "BatchMode=yes",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "PubkeyAuthentication=no",
      ];
      const { all } = await run("ssh", ...options.flatMap((option) => ["-o", option]), `root@${publicIp}`, "true");
      expect(all).to.include("Permission denied (publickey)");
    });

    it("shows the host key that the stack's outputs name", async () => {
      const { stdout, exitCode } = await trivet("ssh", "cedar", "--", "hostname");
      expect(exitCode).to.equal(0);
      expect(stdout).to.include("trivet-local-cedar");
    });
  });

  describe("a second run", () => {
    it("changes nothing and opens no SSH connection, up and preview alike", async () => {
      const logins = await sshLogins(nodes);
      const mark = apiLogLength();
      for (const words of [["up", "--yes", "--skip-preview"], ["preview"], ["up", "--yes"]]) {
        const { exitCode, all } = await pulumi(...words);
        expect(exitCode, all).to.equal(0);
        expect(all).to.match(/\d+ unchanged/);
        expect(all).to.not.match(/\d+ (changes|created|updated|to (create|update|delete))/);
      }
      expect(await sshLogins(nodes)).to.equal(logins);
      expect(apiLogSince(mark).filter((line) => / request (POST|PUT|PATCH|DELETE) /.test(line))).to.deep.equal([]);
      expect((await pulumi("refresh", "--yes")).all).to.not.match(/\d+ (changes|updated|deleted)/);
    });

    it("of `npm run up` deploys nothing new", async () => {
      const { exitCode, all } = await npmRun("up");
      expect(exitCode, all).to.equal(0);
      expect(all).to.include("nothing changed");
    });
  });

  describe("a changed setting of nginx", () => {
    const file = fileOf("Pulumi.local.yaml");
    let committed: string;
    before(() => {
      committed = readFileSync(file, "utf8");
      writeFileSync(file, committed.replace("config:\n", "config:\n  trivet:uploadLimitMiB: 77\n"));
    });
    after(async () => {
      writeFileSync(file, committed);
      await pulumi("up", "--yes", "--skip-preview");
    });

    it("is seen in the preview as the lines that change", async () => {
      const { all } = await pulumi("preview", "--diff");
      expect(all).to.match(/-\s+client_max_body_size 10m;/);
      expect(all).to.match(/\+\s+client_max_body_size 77m;/);
      expect(all).to.include("3 to update");
    });

    it("reloads nginx, touches nothing else, and no request fails", async () => {
      const services = "nginx app@3001 app@3002 pgbouncer trivet-redis trivet-sentinel postgresql@17-main trivet-agent";
      const pids = () =>
        Promise.all(
          nodes.map((node) =>
            inside(node, `systemctl show --property MainPID,ActiveEnterTimestampMonotonic ${services}`),
          ),
        );
      const earlier = await pids();
      await under({}, async () => {
        const { exitCode, all } = await pulumi("up", "--yes", "--skip-preview");
        expect(exitCode, all).to.equal(0);
        expect(all).to.include("3 updated");
      });
      expect(await pids()).to.deep.equal(earlier);
      for (const node of nodes)
        expect(await inside(node, "nginx -T 2>/dev/null")).to.include("client_max_body_size 77m;");
    });
  });

  describe("the rendered script", () => {
    it("of a role can be read", async () => {
      const { stdout, exitCode } = await trivet("render", "nginx", "birch");
      expect(exitCode).to.equal(0);
      expect(stdout).to.include("# Trivet: nginx on birch").and.to.include("client_max_body_size");
    });

    it("makes the same thing the second time, whatever the role", async () => {
      const scripts = await appliedScripts("birch");
      expect(Object.keys(scripts)).to.include.members(["birch-base", "birch-standby", "birch-nginx"]);
      for (const [role, script] of Object.entries(scripts)) {
        const again = await inside("birch", "bash -s 2>&1", script);
        expect(again, role).to.not.match(/^(changed|starting|restarting|reloading|installing|loaded)/m);
      }
    });
  });

  describe("the local cloud", () => {
    it("goes on without its API, and is found again", async () => {
      const pid = Number(readFileSync(`${paths.cloud}/api.pid`, "utf8").trim().split(/\s/)[0]);
      const running = await machines();
      process.kill(pid, "SIGKILL");
      expect((await request(url)).status).to.equal(200);
      const { exitCode, all } = await npmRun("up");
      expect(exitCode, all).to.equal(0);
      expect(all).to.match(/\d+ unchanged/);
      expect(await machines()).to.deep.equal(running);
    });

    it("lets go of a node and takes it back", async () => {
      expect((await trivet("local", "partition", "cedar")).exitCode).to.equal(0);
      await eventually(30, async () => expect(await accepts((await machine("cedar")).publicIp, 22)).to.equal(false));
      expect((await trivet("local", "heal", "cedar")).exitCode).to.equal(0);
      await healthy(60);
    });

    it("refuses a wrong token", async () => {
      expect((await fetch(`${apiUrl}/v2/droplets`, { headers: { authorization: "Bearer wrong" } })).status).to.equal(
        401,
      );
    });
  });
});

/** Whether a TCP connection is taken. A dropped packet is answered by nobody, hence the wait. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 3_000 });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
}
