import { expect } from "chai";
import { retryInterval } from "../../../agent/postgres/course";
import { Settling, type Sight } from "../../../agent/postgres/settling";

const { eager, patient } = retryInterval;

describe("a standby that settles", () => {
  let now: number;
  let settling: Settling;
  beforeEach(() => {
    now = 1_000;
    settling = new Settling({ now: () => now, sleep: () => Promise.reject(new Error("not here")) });
  });

  const sees = (sight: Partial<Sight>) => settling.sees({ lsn: "0/3A02F18", replayedAll: true, sleeps: 10, ...sight });
  /** Seen twice, so that it is settled, and left for so long. */
  function settled(milliseconds: number): void {
    sees({ sleeps: 10 });
    sees({ sleeps: 13 });
    now += milliseconds;
  }

  it("is not when it is seen for the first time, nor while it has not looked in vain three times", () => {
    expect(sees({ sleeps: 10 })).to.deep.equal({ settled: false, retry: eager });
    expect(sees({ sleeps: 12 })).to.deep.equal({ settled: false, retry: eager });
    expect(sees({ sleeps: 13 })).to.deep.equal({ settled: true, retry: eager });
  });

  it("takes longer when it is not known what was received", () => {
    sees({ replayedAll: false, sleeps: 10 });
    expect(sees({ replayedAll: false, sleeps: 13 }).settled).to.equal(false);
    now += 5 * eager;
    expect(sees({ replayedAll: false, sleeps: 18 }).settled).to.equal(true);
  });

  it("begins anew when it replays, and when it is somewhere else afterwards", () => {
    settled(0);
    expect(sees({ sleeps: null }).settled).to.equal(false);
    expect(sees({ sleeps: 20 }).settled).to.equal(false);
    expect(sees({ sleeps: 23 }).settled).to.equal(true);
    expect(sees({ lsn: "0/3A02F50", sleeps: 30 }).settled).to.equal(false);
  });

  it("begins anew when it is told to", () => {
    settled(0);
    settling.restarts();
    expect(sees({ sleeps: 20 }).settled).to.equal(false);
  });

  it("is patient when it has been settled for three seconds", () => {
    settled(2_900);
    expect(sees({ sleeps: 100 })).to.deep.equal({ settled: true, retry: eager });
    now += 200;
    expect(sees({ sleeps: 110 })).to.deep.equal({ settled: true, retry: patient });
    now += 600_000;
    expect(sees({ sleeps: 120 })).to.deep.equal({ settled: true, retry: patient });
  });

  it("is not patient before it is settled, however long that takes", () => {
    sees({ sleeps: 10 });
    now += 10_000;
    expect(sees({ sleeps: 12 })).to.deep.equal({ settled: false, retry: eager });
  });

  // Its new patience wakes it: whoever sees it awake would else wait for three of its sleeps of 30 seconds.
  it("is eager again when it was seen awake", () => {
    settled(3_100);
    expect(sees({ sleeps: 100 }).retry).to.equal(patient);
    expect(sees({ sleeps: null })).to.deep.equal({ settled: false, retry: eager });
    expect(sees({ sleeps: 101 })).to.deep.equal({ settled: false, retry: eager });
    expect(sees({ sleeps: 104 })).to.deep.equal({ settled: true, retry: eager });
  });
});
