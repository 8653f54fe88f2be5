import { expect } from "chai";
import { Clients } from "../../agent/clients";
import type { Pooler, Route } from "../../agent/pooler/pooler";
import { timing } from "../../agent/timing";
import { FakeClock } from "./support/fakes";

class FakePooler implements Pooler {
  route: Route | null = null;
  runs = true;
  readonly held: number[] = [];
  lead(route: Route): Promise<void> {
    if (!this.runs) return Promise.reject(new Error("connect ENOENT"));
    this.route = route;
    return Promise.resolve();
  }
  hold(milliseconds: number): Promise<boolean> {
    this.held.push(milliseconds);
    this.route = { to: "nobody" };
    return Promise.resolve(true);
  }
}

describe("a node's clients", () => {
  const ash = { ip: "10.22.0.11", term: 4 };
  const birch = { ip: "10.22.0.12", term: 5 };
  let clock: FakeClock;
  let pooler: FakePooler;
  let clients: Clients;
  let logged: string[];

  beforeEach(() => {
    clock = new FakeClock();
    pooler = new FakePooler();
    logged = [];
    clients = new Clients({ clock, pooler, timing, log: (what) => void logged.push(what) });
  });

  it("are led to the primary, and told once", async () => {
    await clients.lead(ash, null);
    await clients.lead(ash, null);
    expect(pooler.route).to.deep.equal({ to: "primary", ip: ash.ip });
    expect(logged).to.deep.equal(["clients"]);
  });

  it("wait without one, and may read when there is none for long", async () => {
    await clients.lead(ash, null);
    await clients.lead(null, "10.22.0.13");
    expect(pooler.route).to.deep.equal({ to: "nobody" });
    await clock.sleep(timing.reads);
    await clients.lead(null, "10.22.0.13");
    expect(pooler.route).to.deep.equal({ to: "reads", ip: "10.22.0.13" });
    expect(clients.without).to.equal(timing.reads);
  });

  it("wait while the primary moves, until it has moved", async () => {
    await clients.lead(ash, null);
    expect(await clients.hold(15_000)).to.deep.equal({ paused: true });
    await clients.lead(ash, null);
    expect(pooler.route).to.deep.equal({ to: "nobody" });
    await clients.lead(birch, null);
    expect(pooler.route).to.deep.equal({ to: "primary", ip: birch.ip });
  });

  it("do not wait for ever for a primary that does not move", async () => {
    await clients.lead(ash, null);
    await clients.hold(15_000);
    await clock.sleep(15_000);
    await clients.lead(ash, null);
    expect(pooler.route).to.deep.equal({ to: "primary", ip: ash.ip });
  });

  it("go on at once when the move is called off", async () => {
    await clients.lead(ash, null);
    await clients.hold(15_000);
    clients.release();
    await clients.lead(ash, null);
    expect(pooler.route).to.deep.equal({ to: "primary", ip: ash.ip });
  });

  it("keep whoever asks for the hold waiting for a few seconds at most", async () => {
    await clients.hold(15_000);
    expect(pooler.held).to.deep.equal([5_000]);
  });

  it("are led again when the pooler runs again", async () => {
    pooler.runs = false;
    await clients.lead(ash, null);
    expect(logged).to.deep.equal([]);
    pooler.runs = true;
    await clients.lead(ash, null);
    expect(pooler.route).to.deep.equal({ to: "primary", ip: ash.ip });
  });
});
