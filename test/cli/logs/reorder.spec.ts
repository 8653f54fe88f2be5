import { expect } from "chai";
import { Delayed } from "../../../cli/logs/delayed";
import type { LogEntry } from "../../../cli/logs/entry";
import { Reorder } from "../../../cli/logs/reorder";
import { until } from "../../support/until";

const entry = (time: number): LogEntry => ({ node: "ash", time, service: "app", message: "" });
const times = (entries: LogEntry[]) => entries.map(({ time }) => time);

describe("Reorder", () => {
  it("lets an entry that came later get before one that was written later", () => {
    const held = new Reorder(500, 10);
    held.add(entry(20), 0);
    held.add(entry(10), 400);
    expect(times(held.take(499))).to.deep.equal([]);
    expect(times(held.take(500))).to.deep.equal([10, 20]);
  });

  it("keeps back what was written later than what is due", () => {
    const held = new Reorder(500, 10);
    held.add(entry(10), 0);
    held.add(entry(20), 100);
    expect(times(held.take(550))).to.deep.equal([10]);
    expect(held.due).to.equal(600);
    expect(times(held.take(600))).to.deep.equal([20]);
    expect(held.due).to.equal(undefined);
  });

  it("keeps the order in which equal times came", () => {
    const held = new Reorder(500, 10);
    const [first, second] = [entry(10), entry(10)];
    held.add(first, 0);
    held.add(second, 0);
    expect(held.take(500)[0]).to.equal(first);
  });

  it("gives everything away when it is full", () => {
    const held = new Reorder(500, 2);
    held.add(entry(20), 0);
    expect(held.full).to.equal(false);
    held.add(entry(10), 0);
    expect(held.full).to.equal(true);
    expect(times(held.take(0))).to.deep.equal([10, 20]);
  });
});

describe("Delayed", () => {
  it("writes in the order of times, and at its end what is left", async () => {
    const written: number[] = [];
    const delayed = new Delayed((entries) => Promise.resolve(void written.push(...times(entries))), 20);
    await delayed.put(entry(2));
    await delayed.put(entry(1));
    await until(() => written.length > 0);
    expect(written).to.deep.equal([1, 2]);
    await delayed.put(entry(3));
    await delayed.end();
    expect(written).to.deep.equal([1, 2, 3]);
  });

  it("takes no more while a write is under way", async () => {
    let finish = () => {};
    const delayed = new Delayed(() => new Promise<void>((resolve) => (finish = resolve)), 60_000, 1);
    const first = delayed.put(entry(1));
    let second = false;
    const waiting = delayed.put(entry(2)).then(() => (second = true));
    await new Promise(setImmediate);
    expect(second).to.equal(false);
    finish();
    await first;
    await new Promise(setImmediate);
    finish();
    await waiting;
  });
});
