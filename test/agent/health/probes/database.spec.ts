import { expect } from "chai";
import { systemClock, within } from "../../../../agent/clock";
import { DatabaseWay } from "../../../../agent/health/probes/database";
import { FakePooler } from "./fakePooler";

describe("the way to the database", () => {
  let pooler: FakePooler;
  let ways: DatabaseWay[];
  beforeEach(() => {
    pooler = new FakePooler();
    ways = [];
  });
  afterEach(() => {
    for (const way of ways) way.close();
    pooler.close();
  });
  /** Patient, but where a test is about that. */
  async function way(patience = 10_000, password = "secret"): Promise<DatabaseWay> {
    const made = new DatabaseWay({ user: "monitor", password }, patience, await pooler.listen());
    ways.push(made);
    return made;
  }

  it("is open where a primary answers, and one session serves for all looks", async () => {
    const database = await way();
    expect([await database.isOpen(), await database.isOpen()]).to.deep.equal([true, true]);
    const query = "SELECT NOT pg_is_in_recovery() AS primary";
    expect(pooler.heard).to.deep.equal(["login of monitor to app", query, query]);
  });

  it("is closed where only a standby answers", async () => {
    pooler.behaviour = "f";
    const database = await way();
    expect(await database.isOpen()).to.equal(false);
    pooler.behaviour = "t";
    expect(await database.isOpen()).to.equal(true);
  });

  for (const behaviour of ["error", "break off"] as const)
    it(`is closed where the pooler answers with ${behaviour === "error" ? "an error" : "nothing and breaks off"}, and open again after that`, async () => {
      const database = await way();
      expect(await database.isOpen()).to.equal(true);
      pooler.behaviour = behaviour;
      expect(await database.isOpen()).to.equal(false);
      pooler.behaviour = "t";
      expect(await database.isOpen()).to.equal(true);
    });

  it("is closed where the pooler has its clients wait, and leaves no session behind", async () => {
    pooler.behaviour = "wait";
    const database = await way(100);
    for (let count = 0; count < 5; count++) expect(await database.isOpen()).to.equal(false);
    expect(await within(systemClock, 10_000, 10, () => pooler.connections === 0 || undefined)).to.equal(true);
  });

  it("is closed where nobody listens, or the password is wrong", async () => {
    const database = await way();
    pooler.close();
    expect(await database.isOpen()).to.equal(false);
    pooler = new FakePooler();
    expect(await (await way(10_000, "wrong")).isOpen()).to.equal(false);
  });

  it("is open again after the pooler was restarted between two looks", async () => {
    const database = await way();
    expect(await database.isOpen()).to.equal(true);
    (pooler as unknown as { sockets: Set<{ destroy(): void }> }).sockets.forEach((socket) => socket.destroy());
    expect(await within(systemClock, 10_000, 10, async () => (await database.isOpen()) || undefined)).to.equal(true);
  });
});
