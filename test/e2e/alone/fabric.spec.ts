import { expect } from "chai";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { archivePath, type FirewallRule, type HostFabric, hostFabric, mirrored, services } from "../../../local/fabric";
import { inside } from "../../../local/inside";
import { uplink } from "../../../local/paths";

const exec = promisify(execFile);
const vpc = { id: "5a4981aa-9653-4bd1-bef5-d6bff52042e4", ipRange: "10.106.0.0/24" };
const otherVpc = { id: "77c7dd6f-1f2e-4b8a-9c4e-0d2b5b7f1a33", ipRange: "10.107.0.0/24" };
const anyone = ["0.0.0.0/0", "::/0"];
const everything: FirewallRule[] = [
  { protocol: "tcp", ports: "all", addresses: anyone },
  { protocol: "udp", ports: "all", addresses: anyone },
  { protocol: "icmp", addresses: anyone },
];

describe("machines of the local cloud", function () {
  this.timeout(180_000);
  const home = mkdtempSync(path.join(tmpdir(), "trivet-fabric-"));
  const key = path.join(home, "key");
  const state = path.join(home, "state");
  let fabric: HostFabric;
  let started = false;
  let [a, b, stranger] = [machine(1, vpc.id), machine(2, vpc.id), machine(3, otherVpc.id)];

  function machine(number: number, vpcId: string) {
    return {
      id: 500_000_000 + number,
      name: `m${number}`,
      image: "debian-13-x64",
      memoryMiB: 512,
      diskGiB: 10,
      vpcId,
      publicIp: `198.51.100.${100 + number}`,
      privateIp: vpcId === vpc.id ? `10.106.0.${10 + number}` : `10.107.0.${10 + number}`,
      userData: number === 1 ? "#cloud-config\nwrite_files:\n  - path: /etc/from-user-data\n    content: hello\n" : "",
      publicKeys: [""],
    };
  }

  const ssh = async (publicIp: string, command: string, options: string[] = []) => {
    const settings = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=3"];
    const args = [
      ...options,
      ...settings.flatMap((setting) => ["-o", setting]),
      "-i",
      key,
      `root@${publicIp}`,
      command,
    ];
    return (await exec("ssh", args, { timeout: 60_000 })).stdout.trim();
  };

  /** Standard error's last line of a command that must fail. */
  const failure = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return (error as { stderr?: string; message: string }).stderr?.trim() ?? (error as Error).message;
    }
    throw new Error("it should have failed, and succeeded");
  };

  const until = async <T>(question: () => Promise<T>, wanted: (answer: T) => boolean, seconds: number): Promise<T> => {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const answer = await question().catch((error: unknown) => error as T);
      if (!(answer instanceof Error) && wanted(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`still not so after ${seconds} s: ${String(answer)}`);
      await sleep(200);
    }
  };

  const reachable = (publicIp: string) =>
    until(
      () => ssh(publicIp, "echo up"),
      (answer) => answer === "up",
      30,
    );
  const pings = (from: string, to: string) => ssh(from, `ping -c1 -W1 ${to} >/dev/null && echo yes || echo no`);
  const connects = (from: string, to: string, port: number) =>
    ssh(from, `timeout 2 bash -c 'echo >/dev/tcp/${to}/${port}' 2>/dev/null && echo yes || echo no`);

  /** Runs a command without the machine's network, and without what SSH writes to its disk. */
  const within = async ({ name }: { name: string }, command: string) =>
    inside(
      (await fabric.machines()).find((it) => it.name === name)!,
      command,
    );
  /** How many of so many packets from the one machine reach the other; answers do not matter. */
  const arriving = async (count: number, from: typeof a, to: typeof a) => {
    const echoes = async () => Number((await within(to, "nstat -asz IcmpInEchos")).trim().split(/\s+/).at(-2));
    const before = await echoes();
    await within(from, `ping -q -c${count} -i0.005 -W1 ${to.publicIp} >/dev/null || true`);
    return (await echoes()) - before;
  };
  const stateOf = (pid: number) => /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  /** Starts a write that cannot end before the disk is thawed, and waits until it hangs. */
  const heldWrite = async (spec: typeof a) => {
    let ended = false;
    const writing = within(spec, "echo held > /root/held && sync /root/held && cat /root/held").finally(
      () => (ended = true),
    );
    writing.catch(() => undefined);
    await sleep(1_000);
    expect(ended, "the write has ended").to.equal(false);
    return { writing };
  };

  before(async () => {
    await exec("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const publicKeys = [readFileSync(`${key}.pub`, "utf8")];
    [a, b, stranger] = [a, b, stranger].map((spec) => ({ ...spec, publicKeys })) as [typeof a, typeof b, typeof a];
    fabric = hostFabric(state);
    await fabric.start();
    started = true;
    await fabric.prepare();
    await Promise.all([vpc, otherVpc].map((it) => fabric.putVpc(it)));
  });

  after(async () => {
    // What another checkout runs is not this test's to end.
    if (started) {
      await fabric.teardown();
      expect(await fabric.leftovers()).to.deep.equal([]);
      await fabric.teardown();
    }
    rmSync(home, { recursive: true });
  });

  it("answer by SSH, with the account's key only", async () => {
    expect(await fabric.machineState(a.id)).to.equal("absent");
    await fabric.putMachine(a);
    await reachable(a.publicIp);
    await Promise.all([b, stranger].map((spec) => fabric.putMachine(spec)));
    await Promise.all([b, stranger].map((spec) => reachable(spec.publicIp)));
    const refused = await failure(ssh(a.publicIp, "true", ["-o", "PubkeyAuthentication=no", "-o", "BatchMode=yes"]));
    expect(refused).to.contain("Permission denied (publickey)");
  });

  it("are set up as droplets: host name, user data, systemd, journal, identity of their own", async () => {
    expect(await ssh(a.publicIp, "cloud-init status --wait >/dev/null; hostname; cat /etc/from-user-data")).to.equal(
      "m1\nhello",
    );
    expect(await ssh(a.publicIp, "systemctl is-system-running --wait")).to.equal("running");
    expect(await ssh(a.publicIp, "ls /var/log/journal | wc -l")).to.equal("1");
    const ids = await Promise.all([a, b].map((spec) => ssh(spec.publicIp, "cat /etc/machine-id")));
    expect(ids[0])
      .to.match(/^[0-9a-f]{32}$/)
      .and.not.equal(ids[1]);
    const sandbox = "-p PrivateTmp=yes -p ProtectSystem=strict -p NoNewPrivileges=yes -p PrivateDevices=yes";
    expect(await ssh(a.publicIp, `systemd-run -q --wait --pipe ${sandbox} echo ran`)).to.equal("ran");
    expect(await ssh(a.publicIp, "iptables-save | iptables-restore --test && echo loaded")).to.equal("loaded");
  });

  it("have no more memory than their size", async () => {
    const hog = "python3 -c 'x = bytearray(600 * 1024 * 1024)'; echo $?";
    expect(await ssh(a.publicIp, hog)).to.equal("137");
    expect(await ssh(a.publicIp, "python3 -c 'x = bytearray(200 * 1024 * 1024)'; echo $?")).to.equal("0");
  });

  it("reach the outside, and the mirror of Node.js", async () => {
    expect(await ssh(a.publicIp, "apt-get update -qq && apt-cache policy postgresql-17 | grep -c Candidate")).to.equal(
      "1",
    );
    const fetch = `curl -sSf ${services.nodejsUrl}/${archivePath} | sha256sum`;
    expect(await ssh(a.publicIp, fetch)).to.equal(`${mirrored.sha256}  -`);
  });

  it("are separated by their VPCs", async () => {
    expect(await pings(a.publicIp, b.privateIp)).to.equal("yes");
    expect(await pings(a.publicIp, stranger.privateIp)).to.equal("no");
    const fromHost = exec("timeout", ["2", "bash", "-c", `echo >/dev/tcp/${a.privateIp}/22`]);
    expect(await failure(fromHost)).to.match(/unreachable|No route to host/);
  });

  it("cannot send with an address that is not theirs", async () => {
    expect(await pings(a.publicIp, b.privateIp)).to.equal("yes");
    const spoof = "ip addr add 10.106.0.99/24 dev eth1 && ping -c1 -W1 -I 10.106.0.99";
    expect(await ssh(a.publicIp, `${spoof} ${b.privateIp} >/dev/null && echo yes || echo no`)).to.equal("no");
    await ssh(a.publicIp, "ip addr del 10.106.0.99/24 dev eth1");
  });

  it("are closed by a firewall but for its rules, within the VPC too, and keep what is established", async () => {
    await ssh(b.publicIp, "systemd-run -q --unit listener python3 -m http.server 7000");
    await until(
      () => connects(a.publicIp, b.privateIp, 7000),
      (answer) => answer === "yes",
      10,
    );
    const fromHost: FirewallRule = { protocol: "tcp", ports: "22", addresses: [uplink.host] };
    const guarded = (inbound: FirewallRule[], outbound = everything) =>
      fabric.setFirewalls([{ machineId: b.id, inbound, outbound }]);
    await guarded([fromHost]);
    expect(await connects(a.publicIp, b.privateIp, 7000)).to.equal("no");
    expect(await connects(a.publicIp, b.publicIp, 22)).to.equal("no");
    await guarded([fromHost, { protocol: "tcp", ports: "7000-7001", addresses: [a.privateIp] }]);
    expect(await connects(a.publicIp, b.privateIp, 7000)).to.equal("yes");
    expect(await connects(stranger.publicIp, b.publicIp, 7000)).to.equal("no");
    await guarded([fromHost], []);
    expect(await pings(b.publicIp, a.privateIp)).to.equal("no");
    const open: ChildProcess = spawn("ssh", [
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "-i",
      key,
      `root@${b.publicIp}`,
      "echo here; sleep 3; echo still here",
    ]);
    let heard = "";
    open.stdout?.on("data", (data: Buffer) => (heard += data.toString()));
    await until(
      () => Promise.resolve(heard),
      (now) => now === "here\n",
      30,
    );
    await guarded([]);
    await new Promise((resolve) => open.once("close", resolve));
    expect(heard).to.equal("here\nstill here\n");
    expect(await failure(ssh(b.publicIp, "true"))).to.contain("timed out");
    await fabric.setFirewalls([]);
    await reachable(b.publicIp);
  });

  it("are balanced by a proxy that asks after their health and names the client", async () => {
    const balancer = {
      id: "9f0a1c2e-aaaa-4bbb-8ccc-1234567890ab",
      name: "front",
      publicIp: "198.51.100.50",
      vpcId: vpc.id,
      vpcIp: "10.106.0.50",
      proxyProtocol: true,
      idleTimeoutSeconds: 60,
      rules: [{ entryPort: 80, targetPort: 80 }],
      healthCheck: {
        protocol: "http" as const,
        port: 80,
        path: "/",
        intervalSeconds: 3,
        timeoutSeconds: 3,
        unhealthyThreshold: 2,
        healthyThreshold: 2,
      },
      backends: [a].map(({ id, name, privateIp }) => ({ machineId: id, name, privateIp })),
    };
    const script = readFileSync(path.join(__dirname, "backend.py"), "utf8");
    for (const spec of [a, b]) {
      await ssh(
        spec.publicIp,
        `cat > /root/backend.py <<'END'\n${script}END\nsystemd-run -q --unit backend python3 /root/backend.py`,
      );
    }
    const start = Date.now();
    await fabric.putBalancer(balancer);
    expect(await fabric.balancerState(balancer.id)).to.deep.equal([{ backend: "m1", up: false }]);
    await until(
      () => fabric.balancerState(balancer.id),
      ([first]) => first?.up === true,
      15,
    );
    expect(Date.now() - start).to.be.at.least(2_000);
    const get = async () =>
      (await exec("curl", ["-sS", "--max-time", "5", `http://${balancer.publicIp}/`])).stdout.trim();
    expect(await get()).to.equal(`m1 ${uplink.host} ${balancer.vpcIp}`);

    const both = {
      ...balancer,
      backends: [a, b].map(({ id, name, privateIp }) => ({ machineId: id, name, privateIp })),
    };
    await fabric.putBalancer(both);
    expect(await fabric.balancerState(balancer.id)).to.deep.equal([
      { backend: "m1", up: true },
      { backend: "m2", up: false },
    ]);
    await until(
      () => fabric.balancerState(balancer.id),
      (all) => all.every(({ up }) => up),
      15,
    );
    const answers = new Set([await get(), await get()].map((answer) => answer.split(" ")[0]));
    expect(answers).to.have.all.keys("m1", "m2");

    await ssh(a.publicIp, "touch /run/sick");
    await until(
      () => fabric.balancerState(balancer.id),
      ([first]) => first?.up === false,
      15,
    );
    expect(await get()).to.match(/^m2 /);
    await fabric.removeBalancer(balancer.id);
    expect(await failure(get())).to.contain("curl:");
  });

  it("come back from their own reboot, and stay off after their own power-off", async () => {
    const boot = () => ssh(a.publicIp, "cat /proc/sys/kernel/random/boot_id");
    const first = await boot();
    await ssh(a.publicIp, "touch /root/kept; systemctl --no-block reboot").catch(() => undefined);
    await until(boot, (id) => id !== first, 30);
    expect(await ssh(a.publicIp, "ls /root/kept; hostname")).to.equal("/root/kept\nm1");
    await ssh(a.publicIp, "systemctl --no-block poweroff").catch(() => undefined);
    await until(
      () => fabric.machineState(a.id),
      (now) => now === "off",
      30,
    );
    await fabric.putMachine(a);
    expect(await fabric.machineState(a.id)).to.equal("off");
    await fabric.powerOn(a.id);
    await reachable(a.publicIp);
    await fabric.powerOff(a.id, "shutdown");
    expect(await fabric.machineState(a.id)).to.equal("off");
    await fabric.powerOn(a.id);
    await reachable(a.publicIp);
  });

  it("are cut without a word, and come back with their disk", async () => {
    await ssh(a.publicIp, "echo data > /root/data; sync");
    await ssh(
      b.publicIp,
      `(exec 3<>/dev/tcp/${a.privateIp}/22; timeout 8 cat <&3 >/root/heard; echo $? >/root/ended) >/dev/null 2>&1 &
       until [ -s /root/heard ]; do sleep 0.1; done`,
    );
    await fabric.cut("m1");
    expect(await fabric.machineState(a.id)).to.equal("off");
    await until(() => ssh(b.publicIp, "cat /root/ended"), Boolean, 15);
    // 124: the connection was still open when the patience ended. A FIN or RST would have ended cat before.
    expect(await ssh(b.publicIp, "cat /root/ended")).to.equal("124");
    await fabric.restore("m1");
    await reachable(a.publicIp);
    expect(await ssh(a.publicIp, "cat /root/data")).to.equal("data");
    expect(await ssh(a.publicIp, "systemctl is-system-running --wait")).to.equal("running");
    expect(await ssh(a.publicIp, "systemd-run --quiet --wait true && echo starts services")).to.equal(
      "starts services",
    );
  });

  it("are partitioned from some or from all, and healed", async () => {
    await fabric.partition("m1", { peers: ["m2"] });
    expect(await pings(a.publicIp, b.privateIp)).to.equal("no");
    expect(await pings(a.publicIp, b.publicIp)).to.equal("no");
    expect(await pings(a.publicIp, stranger.publicIp)).to.equal("yes");
    await fabric.partition("m2");
    expect(await failure(ssh(b.publicIp, "true"))).to.contain("timed out");
    await fabric.heal("m2");
    expect(await pings(b.publicIp, a.privateIp)).to.equal("yes");
    await fabric.partition("m1");
    await fabric.heal();
    expect(await pings(a.publicIp, b.privateIp)).to.equal("yes");
    expect(await failure(fabric.partition("nobody"))).to.contain('no machine "nobody"; there is m1, m2, m3');
  });

  it("lose packets one way", async () => {
    await fabric.partition("m1", { peers: ["m2"], direction: "in" });
    expect(await arriving(5, a, b)).to.equal(5);
    expect(await arriving(5, b, a)).to.equal(0);
    expect(await arriving(5, stranger, a)).to.equal(5);
    expect(await connects(b.publicIp, a.privateIp, 22)).to.equal("no");
    await fabric.heal("m2");
    expect(await connects(b.publicIp, a.privateIp, 22)).to.equal("yes");
    await fabric.partition("m1", { direction: "out" });
    expect(await arriving(5, a, b)).to.equal(0);
    expect(await arriving(5, b, a)).to.equal(5);
    await fabric.heal("m1");
    expect(await arriving(5, a, b)).to.equal(5);
  });

  it("lose a part of their packets at random", async () => {
    await fabric.lossy("m1", 50);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(await arriving(200, from, to)).to.be.within(60, 140);
    }
    await fabric.lossy("m1", 100, ["m2"]);
    expect(await arriving(20, a, b)).to.equal(0);
    expect(await arriving(200, a, stranger)).to.be.within(60, 140);
    await fabric.heal("m1");
    expect(await arriving(200, a, b)).to.equal(200);
    expect(await failure(fabric.lossy("m1", 101))).to.contain("the loss is 101 percent");
    expect(await failure(fabric.lossy("m1", 5, ["m1"]))).to.contain("nothing lies between m1 and itself");
  });

  it("have their processes stopped, continued and killed", async () => {
    await within(a, "systemd-run -q -p Type=exec --unit sleeper sleep 4242");
    const [sleeper, ...others] = await fabric.signal("m1", "STOP", "^/usr/bin/sleep 4242$");
    expect(others).to.deep.equal([]);
    expect(await within(a, `cat /proc/${sleeper!.pidInside}/comm`)).to.equal("sleep");
    const state = () => Promise.resolve(stateOf(sleeper!.pid));
    await until(state, (now) => now === "T", 5);
    await fabric.signal("m1", "sigcont", "sleep 4242");
    await until(state, (now) => now === "S", 5);
    expect(await fabric.signal("m1", "KILL", "sleep 4242")).to.deep.equal([sleeper]);
    await until(
      () => within(a, "systemctl is-active sleeper || true"),
      (now) => now === "failed",
      5,
    );
    expect(await failure(fabric.signal("m1", "KILL", "sleep 4242"))).to.contain(
      'no process of m1 matches "sleep 4242"',
    );
    expect(await failure(fabric.signal("m1", "KILL", "systemd-nspawn"))).to.contain("no process of m1 matches");
  });

  it("hold their writes while their disk is frozen, and lose them by a power cut", async () => {
    await fabric.freeze("m2");
    await fabric.freeze("m2");
    const { writing } = await heldWrite(b);
    expect(await within(b, "cat /etc/hostname")).to.equal("m2");
    expect(await failure(fabric.fill("m2"))).to.contain("it is frozen");
    await fabric.thaw("m2");
    await fabric.thaw("m2");
    expect(await writing).to.equal("held");
    await within(b, "rm /root/held && sync");
    await fabric.freeze("m2");
    await heldWrite(b);
    await fabric.cut("m2");
    expect(await fabric.machineState(b.id)).to.equal("off");
    expect(await failure(fabric.freeze("m2"))).to.contain("m2 is off; restore it first");
    expect(await failure(fabric.signal("m2", "KILL", "sshd"))).to.contain("m2 is off; restore it first");
    await fabric.restore("m2");
    await reachable(b.publicIp);
    expect(await ssh(b.publicIp, "test -e /root/held && echo there || echo lost")).to.equal("lost");
  });

  it("run out of disk, and get it back", async () => {
    const write = "dd if=/dev/zero of=/root/more bs=64k count=1 conv=fsync status=none";
    const free = async () => Number(await within(a, "df --output=avail / | tail -n1"));
    await fabric.fill("m1");
    expect(await free()).to.equal(0);
    expect(await failure(within(a, write))).to.contain("No space left on device");
    await fabric.cut("m1");
    await fabric.restore("m1");
    await reachable(a.publicIp);
    expect(await failure(within(a, write))).to.contain("No space left on device");
    await fabric.fill("m1");
    await fabric.unfill("m1");
    expect(await free()).to.be.above(1_000_000);
    expect(await within(a, `rm -f /root/more; ${write} && echo written`)).to.equal("written");
  });

  it("are cut in one moment, and lose what they had not synced", async () => {
    const both = [a, b];
    // Machines share a kernel: `sync` without a file would bring to their disks what the other one has written too.
    const write = "echo synced > /root/synced; sync /root/synced; echo lost > /root/unsynced";
    await Promise.all(both.map((spec) => within(spec, write)));
    expect(await failure(fabric.cut("m1", "nobody"))).to.contain('no machine "nobody"');
    expect(await fabric.machineState(a.id)).to.equal("active");
    await fabric.cut("m1", "m2");
    expect((await fabric.machines()).map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
      "m1 off",
      "m2 off",
      "m3 active",
    ]);
    await fabric.restore("m2", "m1", "m3");
    await Promise.all(both.map((spec) => reachable(spec.publicIp)));
    for (const { publicIp } of both) {
      expect(await ssh(publicIp, "cat /root/synced /root/unsynced 2>/dev/null || true")).to.equal("synced");
    }
  });

  it("are found by another fabric, and belong to one checkout", async () => {
    const found = await hostFabric(state).machines();
    expect(found.map(({ name, state }) => `${name} ${state}`)).to.deep.equal(["m1 active", "m2 active", "m3 active"]);
    const [first] = found;
    expect(readFileSync(`/proc/${first?.leaderPid}/comm`, "utf8")).to.equal("systemd\n");
    await hostFabric(state).start();
    expect((await fabric.machines())[0]?.leaderPid).to.equal(first?.leaderPid);
    await reachable(a.publicIp);
    const elsewhere = hostFabric(path.join(home, "elsewhere"));
    expect(await failure(elsewhere.start())).to.contain(`already runs the one of ${state}`);
    expect(await failure(elsewhere.teardown())).to.contain(`already runs the one of ${state}`);
  });

  it("are removed with their disk and network, whatever was done to them", async () => {
    await within(stranger, "systemd-run -q -p Type=exec --unit sleeper sleep 4242");
    await fabric.signal("m3", "STOP", "sleep 4242");
    await fabric.freeze("m3");
    await heldWrite(stranger);
    await fabric.removeMachine(stranger.id);
    await fabric.removeMachine(stranger.id);
    expect(await fabric.machineState(stranger.id)).to.equal("absent");
    await fabric.removeVpc(otherVpc.id);
    await fabric.removeVpc(otherVpc.id);
    expect((await fabric.leftovers()).join("\n"))
      .not.to.contain(String(stranger.id))
      .and.not.to.contain(otherVpc.ipRange);
    // The teardown after this test meets the same.
    await fabric.signal("m1", "STOP", "sshd");
    await fabric.freeze("m1");
    await heldWrite(a);
  });
});
