import { expect } from "chai";
import type { DrillEvent } from "../../drills/events";
import type { Fault } from "../../drills/faults";
import { Stage } from "../../drills/stage";
import type { Subject } from "../../drills/subject";

const now = () => performance.timeOrigin + performance.now();

describe("a drill's stage", () => {
  let events: DrillEvent[];
  let done: string[];
  let problems: string[];

  const stageOn = (more: Partial<Subject> = {}) => {
    const subject = {
      name: "Trivet",
      nodes: ["ash", "birch", "cedar"],
      measured: "pooler",
      roles: () => Promise.resolve({ ash: "standby", birch: "primary", cedar: "standby" }),
      problems: () => Promise.resolve(problems),
      redis: { master: () => Promise.resolve("ash") },
      ...more,
    } as unknown as Subject;
    return new Stage(subject, { events: () => events });
  };
  const fault: Fault = {
    name: "fire",
    inject: (_, nodes) => Promise.resolve(done.push(`inject ${nodes.join(",")}`)),
    end: (_, nodes) => Promise.resolve(done.push(`end ${nodes.join(",")}`)),
    strands: true,
    takesRedis: true,
  };
  const acknowledged = (client: string, at: number): DrillEvent => ({ at, client, id: 1, what: "acknowledged" });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: Error) => error.message,
    );

  beforeEach(() => {
    [events, done, problems] = [[], [], []];
  });

  it("finds the node that plays a part; a standby is not redis' master too, if another one is there", async () => {
    expect(await stageOn().pick("primary")).to.equal("birch");
    expect(await stageOn().pick("redis master")).to.equal("ash");
    expect(await stageOn().pick("standby")).to.equal("cedar");
  });

  it("begins with one primary only", async () => {
    const two = stageOn({ roles: () => Promise.resolve({ ash: "primary", birch: "primary", cedar: "standby" }) });
    expect(await failure(two.pick("primary"))).to.match(/^Trivet has 2 primaries, and a drill begins with one/);
  });

  it("strands the clients of the nodes that a fault cuts off", async () => {
    const stage = stageOn();
    await stage.inject(fault, "birch", "ash");
    expect([...stage.stranded]).to.deep.equal(["birch", "ash"]);
    expect(done).to.deep.equal(["inject birch,ash"]);
    const harmless = stageOn();
    await harmless.inject({ ...fault, strands: false }, "birch");
    expect([...harmless.stranded]).to.deep.equal([]);
  });

  it("ends what a drill left, the last first, and nothing twice", async () => {
    const stage = stageOn();
    await stage.inject(fault, "ash");
    await stage.inject(fault, "birch");
    await stage.inject(fault, "cedar");
    await stage.end(fault, "birch");
    await stage.endAll();
    expect(done.slice(3)).to.deep.equal(["end birch", "end cedar", "end ash"]);
  });

  it("counts the gap from the first fault", async () => {
    const stage = stageOn();
    await stage.inject(fault, "ash");
    const first = stage.brokenAt;
    await stage.inject(fault, "birch");
    expect(first).to.be.a("number").and.equal(stage.brokenAt);
  });

  describe("counts the time until everything is whole", () => {
    const seconds = (stage: Stage) => stage.wholeSeconds ?? NaN;

    it("from the fault's end, and only the first time", async () => {
      const stage = stageOn();
      await stage.inject(fault, "ash");
      await stage.hold(0.1);
      const mended = now();
      await stage.end(fault, "ash");
      await stage.whole(1);
      const first = seconds(stage);
      expect(first).to.be.within(0, (now() - mended) / 1000);
      await stage.hold(0.1);
      await stage.whole(1);
      expect(seconds(stage)).to.equal(first);
    });

    it("again after another fault; the longest is what it took", async () => {
      const stage = stageOn();
      const burn = async (held: number) => {
        await stage.inject(fault, "ash");
        await stage.end(fault, "ash");
        await stage.hold(held);
        await stage.whole(1);
      };
      // Long enough that a busy host does not make the next one, of no time, longer.
      await burn(0.5);
      const long = seconds(stage);
      expect(long).to.be.at.least(0.49);
      await burn(0);
      expect(seconds(stage)).to.equal(long);
      await burn(2 * long);
      expect(seconds(stage)).to.be.above(long);
    });

    it("from the beginning of a fault that has no end", async () => {
      const stage = stageOn();
      await stage.inject(fault, "ash");
      await stage.hold(0.1);
      await stage.whole(1);
      expect(seconds(stage)).to.be.at.least(0.09);
    });

    it("not at all where nothing was broken", async () => {
      const stage = stageOn();
      await stage.whole(1);
      expect(stage.wholeSeconds).to.equal(undefined);
    });
  });

  describe("waits for writes", () => {
    it("of every client that counts", async () => {
      const stage = stageOn();
      events = ["ash", "birch"].map((node) => acknowledged(`${node}/pooler`, now()));
      expect(await failure(stage.writing(0))).to.equal("no writes any more, for 0 s: cedar/pooler");
      stage.stranded.add("cedar");
      await stage.writing(0);
    });

    it("made after the fault, however soon it is asked", async () => {
      const stage = stageOn();
      events = ["ash", "birch", "cedar"].map((node) => acknowledged(`${node}/pooler`, now()));
      await stage.writing(0);
      await stage.inject({ ...fault, strands: false }, "ash");
      expect(await failure(stage.writing(0))).to.match(/^no writes any more/);
      events = ["ash", "birch", "cedar"].map((node) => acknowledged(`${node}/pooler`, now()));
      await stage.writing(0);
    });

    it("not of clients of another kind", async () => {
      events = ["ash", "birch", "cedar"].map((node) => acknowledged(`${node}/redis`, now()));
      expect(await failure(stageOn().writing(0))).to.match(/ash\/pooler, birch\/pooler, cedar\/pooler$/);
    });

    it("of any one client where there is no pooler", async () => {
      const stage = stageOn({ measured: "direct" });
      expect(await failure(stage.writing(0))).to.match(/^no writes/);
      events = [acknowledged("cedar/direct", now())];
      await stage.writing(0);
    });
  });

  it("survives a fault that is mended when the others write again", async () => {
    const stage = stageOn();
    events = ["birch", "cedar"].map((node) => acknowledged(`${node}/pooler`, now() + 1_000));
    await stage.survive(fault, "ash", 0);
    expect(done).to.deep.equal(["inject ash", "end ash"]);
    expect(stage.marks.map(({ what }) => what)).to.deep.equal([
      "fire on ash",
      "every client that counts writes",
      "end of fire on ash",
      "everything is whole",
    ]);
  });

  it("says what is not whole", async () => {
    problems = ["ash does not stream", "1 of 2 standbys follow birch"];
    expect(await failure(stageOn().whole(0))).to.equal(
      "not whole again after 0 s: ash does not stream; 1 of 2 standbys follow birch",
    );
  });
});
