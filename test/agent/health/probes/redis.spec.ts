import { expect } from "chai";
import { systemClock, within } from "../../../../agent/clock";
import { RedisWay } from "../../../../agent/health/probes/redis";
import { bulk, FakeRedis, list, ok, type Replies } from "./fakeRedis";

/** What a redis does: answers as a master or as a replica, says nothing, or refuses the user. */
type Behaviour = "master" | "slave" | "silent" | "refuses";

const access = { username: "monitor", password: "one", sentinelUsername: "client", sentinelPassword: "two" };

describe("the way to redis", () => {
  let cleanups: (() => void)[];
  beforeEach(() => (cleanups = []));
  afterEach(() => cleanups.forEach((cleanup) => cleanup()));

  async function start(replies: Replies): Promise<{ server: FakeRedis; port: number }> {
    const server = new FakeRedis(replies);
    cleanups.push(() => server.close());
    return { server, port: await server.listen() };
  }

  async function redis(first: Behaviour) {
    const state = { behaves: first };
    const started = await start((command) => {
      if (state.behaves === "silent") return undefined;
      if (state.behaves === "refuses") return "-WRONGPASS invalid username-password pair\r\n";
      if (command === "auth") return ok;
      if (command === "info") return bulk(`role:${state.behaves}\r\nloading:0`);
      return command === "role" ? list(state.behaves, "0") : "-NOPERM\r\n";
    });
    return Object.assign(started, { state });
  }

  /** A sentinel that names whom the test says. */
  const sentinel = (master: () => number) =>
    start((command) =>
      command === "auth" ? ok : command === "sentinel" ? list("127.0.0.1", String(master())) : "-NOPERM\r\n",
    );

  function way(sentinels: number[], patience = 10_000): RedisWay {
    const made = new RedisWay(sentinels.map((port) => ({ host: "127.0.0.1", port })), access, patience); // prettier-ignore
    cleanups.push(() => made.close());
    return made;
  }
  const opens = (made: RedisWay) => within(systemClock, 15_000, 20, async () => (await made.isOpen()) || undefined);

  it("is open where the master answers that the sentinels name, asked for nothing but what these users may", async () => {
    const master = await redis("master");
    const one = await sentinel(() => master.port);
    const made = way([one.port]);
    expect([await made.isOpen(), await made.isOpen()]).to.deep.equal([true, true]);
    const asked = one.server.heard.filter((command) => !/^client setinfo /i.test(command));
    expect(asked).to.deep.equal(["auth client two", "sentinel get-master-addr-by-name main"]);
    expect(master.server.heard).to.deep.equal(["auth monitor one", "info", "role", "role"]);
  });

  it("goes by any sentinel that answers", async () => {
    const master = await redis("master");
    const gone = await sentinel(() => master.port);
    gone.server.close();
    const one = await sentinel(() => master.port);
    expect(await way([gone.port, one.port]).isOpen()).to.equal(true);
  });

  for (const behaviour of ["slave", "silent", "refuses"] as const)
    it(`is closed where the one that is named is ${behaviour}, and open when that is over`, async () => {
      const master = await redis(behaviour);
      const one = await sentinel(() => master.port);
      const made = way([one.port], 300);
      for (let count = 0; count < 3; count++) expect(await made.isOpen()).to.equal(false);
      master.state.behaves = "master";
      expect(await opens(made)).to.equal(true);
    });

  for (const behaviour of ["slave", "silent"] as const)
    it(`is closed when the master becomes ${behaviour}, and open at its successor`, async () => {
      const [former, next] = [await redis("master"), await redis("slave")];
      let named = former.port;
      const one = await sentinel(() => named);
      const made = way([one.port], 300);
      expect(await opens(made)).to.equal(true);
      former.state.behaves = behaviour;
      expect(await made.isOpen()).to.equal(false);
      next.state.behaves = "master";
      named = next.port;
      expect(await opens(made)).to.equal(true);
    });

  it("is closed while nobody is there, and open as soon as somebody is", async () => {
    const master = await redis("master");
    let knows = false;
    const one = await start((command, words) =>
      command === "auth"
        ? ok
        : words[1] === "get-master-addr-by-name" && knows
          ? list("127.0.0.1", String(master.port))
          : "*-1\r\n",
    );
    const made = way([one.port], 200);
    for (let count = 0; count < 3; count++) expect(await made.isOpen()).to.equal(false);
    knows = true;
    expect(await opens(made)).to.equal(true);
  });

  it("is open again after its connection broke off", async () => {
    const master = await redis("master");
    const one = await sentinel(() => master.port);
    const made = way([one.port]);
    expect(await made.isOpen()).to.equal(true);
    master.server.breakOff();
    expect(await opens(made)).to.equal(true);
  });

  it("keeps no command for later", async () => {
    const master = await redis("master");
    const one = await sentinel(() => master.port);
    const made = way([one.port], 50);
    expect(await opens(made)).to.equal(true);
    master.state.behaves = "silent";
    for (let count = 0; count < 10; count++) await made.isOpen();
    master.server.heard.length = 0;
    master.state.behaves = "master";
    expect(await opens(made)).to.equal(true);
    expect(master.server.heard.filter((command) => command === "role").length).to.be.at.most(2);
  });
});
