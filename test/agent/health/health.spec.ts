import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { Drains } from "../../../agent/health/drains";
import { Health } from "../../../agent/health/health";
import type { WorkerState } from "../../../agent/health/look";
import type { AbleAnswer } from "../../../agent/wire/messages";
import { FakeClock } from "../support/fakes";
import { ash, nodes } from "../support/nodes";
import { serves } from "./support";

const balancer = { from: "10.22.0.2", client: "10.22.0.2" };
const visitor = { from: "10.22.0.2", client: "203.0.113.7" };

describe("a node's health", () => {
  let dir: string;
  let clock: FakeClock;
  let health: Health;
  let seen: { workers: Record<string, WorkerState>; database: boolean | null; redis: boolean | null };
  let peers: AbleAnswer | Error;
  let disk: () => Promise<number[]>;
  let asked: string[];
  let log: string[];
  const drains = () => new Drains({ lasting: path.join(dir, "lasting"), untilBoot: path.join(dir, "run") });

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-health-"));
    clock = new FakeClock();
    seen = { workers: { "3001": "well" }, database: true, redis: true };
    [peers, disk, asked, log] = [serves, () => Promise.resolve([3001]), [], []];
    health = new Health({
      ...{ self: ash, nodes, drains: drains(), clock, asideFlag: path.join(dir, "aside") },
      release: { ports: () => disk(), checkPath: () => Promise.resolve("/up") },
      probes: {
        workers: (ports, checkPath) => {
          asked.push(`${ports.join(",")} ${checkPath}`);
          return Promise.resolve(seen.workers);
        },
        database: () => Promise.resolve(seen.database),
        redis: () => Promise.resolve(seen.redis),
      },
      wire: {
        call: () => (peers instanceof Error ? Promise.reject(peers) : Promise.resolve(peers)),
      },
      log: (event, details) => void log.push(`${event} ${JSON.stringify(details)}`),
    });
  });
  afterEach(() => {
    health.stop();
    rmSync(dir, { recursive: true });
  });

  /** So many looks, a second apart. */
  async function looks(count: number): Promise<void> {
    for (let look = 0; look < count; look++) {
      await clock.sleep(1_000);
      await health.looks();
    }
  }

  it("says no before the first look", () => {
    expect(health.answer(balancer)).to.equal(false);
    expect(health.able()).to.deep.equal({ able: false, in: false });
    expect(health.report()).to.deep.equal({
      ...{ in: false, why: "It has not looked yet.", drains: [], workers: {}, database: null, redis: null },
    });
  });

  it("says yes as soon as it has seen that all is well, and what it saw", async () => {
    await looks(1);
    expect(asked).to.deep.equal(["3001 /up"]);
    expect(health.answer(balancer)).to.equal(true);
    expect(health.able()).to.deep.equal({ able: true, in: true });
    expect(health.report()).to.deep.equal({
      ...{ in: true, why: "It serves.", drains: [], workers: { "3001": "well" }, database: true, redis: true },
    });
  });

  it("answers from the last look, and says no when that is older than ten seconds", async () => {
    await looks(1);
    await clock.sleep(10_000);
    expect([health.answer(balancer), asked.length]).to.deep.equal([true, 1]);
    await clock.sleep(1);
    expect(health.answer(balancer)).to.equal(false);
    expect(health.able()).to.deep.equal({ able: false, in: false });
    expect(health.report()).to.include({ in: false, why: "Its last look is too old." });
  });

  it("logs when it goes in or out, and only then", async () => {
    await looks(3);
    seen.workers = { "3001": "dead" };
    await looks(4);
    expect(log).to.deep.equal([
      'in rotation {"why":"It serves."}',
      'out of rotation {"why":"None of its workers is alive."}',
    ]);
  });

  it("is able only with a worker that is well and a way to both stores, in or out of rotation", async () => {
    await drains().add("operator", false);
    await looks(1);
    expect(health.able()).to.deep.equal({ able: true, in: false });
    for (const lack of [{ workers: { "3001": "unwell" as const } }, { database: false }, { redis: false }]) {
      Object.assign(seen, { workers: { "3001": "well" }, database: true, redis: true }, lack);
      await looks(1);
      expect(health.able().able, JSON.stringify(lack)).to.equal(false);
    }
    Object.assign(seen, { workers: { "3001": "well" }, database: null, redis: null });
    await looks(1);
    expect(health.able().able).to.equal(true);
  });

  it("goes by the others' words: it stays when they fail as it does, and goes when they do better", async () => {
    await looks(1);
    seen.database = false;
    peers = { able: false, in: true };
    await looks(10);
    expect(health.report()).to.include({
      in: true,
      why: "It has no way to the database's primary, but no other node does better.",
    });
    peers = serves;
    await looks(5);
    expect(health.report()).to.include({ in: false, database: false });
  });

  describe("with its workers aside", () => {
    const aside = (age: number) => {
      writeFileSync(path.join(dir, "aside"), "");
      const then = Date.now() / 1000 - age;
      utimesSync(path.join(dir, "aside"), then, then);
    };

    it("stays in rotation, and is not able itself", async () => {
      await looks(1);
      aside(0);
      seen.workers = { "3001": "dead" };
      await looks(5);
      expect(health.report()).to.include({ in: true });
      expect(health.able()).to.deep.equal({ able: false, in: true });
      seen.workers = { "3001": "well" };
      await looks(1);
      expect(health.able().able).to.equal(false);
    });

    it("goes when whoever left the flag has forgotten it, and the workers are still dead", async () => {
      await looks(1);
      aside(181);
      seen.workers = { "3001": "dead" };
      await looks(2);
      expect(health.report()).to.include({ in: false, why: "None of its workers is alive." });
    });
  });

  it("goes by what the disk last said while that hangs", async () => {
    await looks(1);
    disk = () => new Promise(() => undefined);
    await looks(2);
    expect(asked).to.deep.equal(["3001 /up", "3001 /up", "3001 /up"]);
    expect(health.isIn).to.equal(true);
  });

  it("survives a look that fails", async () => {
    const sleep = clock.sleep.bind(clock);
    let slept = 0;
    clock.sleep = (milliseconds) => {
      if (++slept === 2) health.stop();
      return sleep(milliseconds);
    };
    let failed = false;
    Object.defineProperty(seen, "workers", {
      get: () => {
        if (failed) return { "3001": "well" };
        failed = true;
        throw new Error("what nobody thought of");
      },
    });
    await health.run();
    expect(log[0]).to.equal('error {"message":"the health look: what nobody thought of"}');
    expect(health.isIn).to.equal(true);
  });

  describe("drained", () => {
    let checks: boolean;
    /** What happens every second while something is waited for: a look, and every third time a check. */
    beforeEach(async () => {
      checks = true;
      await looks(1);
      const sleep = clock.sleep.bind(clock);
      let [last, second] = [clock.now(), 0];
      clock.sleep = async (milliseconds) => {
        await sleep(milliseconds);
        if (clock.now() - last < 1_000) return;
        last += 1_000;
        await health.looks();
        if (checks && ++second % 3 === 0) health.answer(balancer);
      };
    });

    it("answers when the balancer was told no twice", async () => {
      for (let count = 0; count < 2; count++) health.answer(balancer);
      expect(await health.drain("operator", true)).to.deep.equal({ drained: true, noticed: true, seconds: 6 });
      expect(health.report()).to.deep.include({ in: false, why: "It is drained by operator.", drains: ["operator"] });
      expect(await drains().lasting()).to.deep.equal(["operator"]);
    });

    it("again answers the same at once", async () => {
      health.answer(balancer);
      await health.drain("operator", true);
      expect(await health.drain("operator", true)).to.deep.equal({ drained: true, noticed: true, seconds: 0 });
    });

    it("answers as soon as it is out when nobody asks but visitors", async () => {
      checks = false;
      health.answer(visitor);
      expect(await health.drain("operator", false)).to.deep.equal({ drained: true, noticed: true, seconds: 1 });
      expect(await drains().lasting()).to.deep.equal([]);
    });

    it("answers after 20 seconds where somebody takes the drain back meanwhile", async () => {
      const drained = health.drain("operator", false);
      while ((await drains().all()).length === 0) await new Promise(setImmediate);
      await drains().remove("operator");
      expect(await drained).to.deep.equal({ drained: true, noticed: false, seconds: 20 });
    });

    it("and undrained, answers when the balancer was told yes twice", async () => {
      health.answer(balancer);
      await health.drain("operator", true);
      expect(await health.undrain("operator")).to.deep.equal({ drained: [], noticed: true, seconds: 6 });
      expect(health.isIn).to.equal(true);
    });

    it("and undrained by one of two, stays out and says so", async () => {
      await health.drain("operator", true);
      await health.drain("shutdown", false);
      expect(await health.undrain("operator")).to.deep.equal({ drained: ["shutdown"], noticed: false, seconds: 0 });
      await looks(3);
      expect(health.report()).to.deep.include({ in: false, drains: ["shutdown"] });
    });

    it("answers after 20 seconds where it is undrained, and out for another reason", async () => {
      seen.workers = { "3001": "dead" };
      await looks(3);
      expect(await health.undrain("operator")).to.deep.equal({ drained: [], noticed: false, seconds: 20 });
    });

    it("is refused by a name that is none", async () => {
      for (const attempt of [() => health.drain("", true), () => health.undrain("A b")])
        expect(await attempt().catch((error: Error) => error.message)).to.match(/^A drain's name is ".*"; wanted /);
    });
  });
});
