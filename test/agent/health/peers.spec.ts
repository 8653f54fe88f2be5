import { expect } from "chai";
import { Peers } from "../../../agent/health/peers";
import type { AbleAnswer, Wire } from "../../../agent/wire/messages";
import { FakeClock } from "../support/fakes";
import { serves } from "./support";

describe("what the other nodes say of themselves", () => {
  let answers: Record<string, AbleAnswer | Error>;
  let asked: string[];
  let clock: FakeClock;
  let peers: Peers;
  beforeEach(() => {
    [answers, asked, clock] = [{}, [], new FakeClock()];
    const wire = {
      call: (peer: string, call: string) => {
        asked.push(`${peer} ${call}`);
        const answer = answers[peer]!;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    } as unknown as Wire;
    peers = new Peers(["birch", "cedar"], wire, clock);
  });
  const says = () => peers.seen().map(({ name, says }) => [name, says]);

  it("is nothing before they were asked", () =>
    expect(says()).to.deep.equal([
      ["birch", null],
      ["cedar", null],
    ]));

  it("is what each answered, and nothing of one that does not", async () => {
    answers = { birch: serves, cedar: new Error("cedar: status 404") };
    await peers.ask();
    expect(asked).to.deep.equal(["birch able", "cedar able"]);
    expect(says()).to.deep.equal([
      ["birch", serves],
      ["cedar", null],
    ]);
  });

  it("holds for three seconds after the last word", async () => {
    answers = { birch: serves, cedar: { able: false, in: false } };
    await peers.ask();
    answers.birch = new Error("birch has not answered within 1000 ms");
    await clock.sleep(3_000);
    expect(says()[0]).to.deep.equal(["birch", serves]);
    await peers.ask();
    await clock.sleep(1);
    expect(says()).to.deep.equal([
      ["birch", null],
      ["cedar", { able: false, in: false }],
    ]);
  });
});
