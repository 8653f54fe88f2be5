import { expect } from "chai";
import {
  changeOrder,
  confirmations,
  isLater,
  majority,
  synchronousStandbyNames,
  witnesses,
} from "../../../agent/election/membership";

const all = ["ash", "birch", "cedar", "doum", "elm", "fir", "gum"];
const leader = all[0]!;

describe("how many are needed", () => {
  /** Members; others that confirm a commit; members that a candidate hears, itself included. */
  const table: [number, number, number][] = [
    [1, 0, 1],
    [2, 1, 1],
    [3, 1, 2],
    [4, 2, 2],
    [5, 2, 3],
    [6, 3, 3],
    [7, 3, 4],
  ];
  for (const [members, confirm, hear] of table)
    it(`of ${members} members ${confirm} confirm a commit, and a candidate hears ${hear}`, () => {
      const names = all.slice(0, members);
      expect(confirmations(names)).to.equal(confirm);
      expect(witnesses(names)).to.equal(hear);
    });

  it("are a majority of the voters", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(majority)).to.deep.equal([1, 2, 2, 3, 3, 4, 4]);
  });
});

describe("PostgreSQL's setting", () => {
  const table: [string[], string][] = [
    [[], ""],
    [["ash"], ""],
    [["ash", "birch"], 'ANY 1 ("ash", "birch")'],
    [["ash", "birch", "cedar"], 'ANY 1 ("ash", "birch", "cedar")'],
    [all.slice(0, 5), 'ANY 2 ("ash", "birch", "cedar", "doum", "elm")'],
    [["old-oak-2", "ash"], 'ANY 1 ("old-oak-2", "ash")'],
  ];
  for (const [members, text] of table)
    it(`of ${members.join(", ") || "nobody"} is ${text || "empty"}`, () =>
      expect(synchronousStandbyNames(members)).to.equal(text));
});

describe("the later of two memberships", () => {
  it("is that of the later leader, and of one leader's the one that it changed last", () => {
    const inOrder = [
      { term: 0, change: 0 },
      { term: 1, change: 0 },
      { term: 1, change: 9 },
      { term: 1, change: 10 },
      { term: 2, change: 0 },
    ].map((of) => ({ ...of, names: ["ash"] }));
    inOrder.forEach((a, i) =>
      inOrder.forEach((b, j) => expect(isLater(a, b), `${JSON.stringify([a, b])}`).to.equal(i > j)),
    );
  });
});

/** A moment of a change: who may have acknowledged a commit that must not be lost, and what a candidate may know. */
interface Stage {
  what: string;
  /** The smallest sets of nodes that may be the only ones to have it. */
  quorums: string[][];
  /** The memberships of which a candidate may take either for the latest. */
  known: string[][];
}

type Order = ReturnType<typeof changeOrder>;

/**
 * The stages of a change as Leadership makes it. Commits of before stay commits: but once who must has caught up, it has
 * them too.
 */
function stages(before: string[], after: string[], order: Order): Stage[] {
  const old = quorums(before);
  const both = [...old, ...quorums(after)];
  if (order === "voters first")
    return [
      { what: "the voters are being told", quorums: old, known: [before, after] },
      { what: "commits go by the new members", quorums: both, known: [after] },
    ];
  const newcomers = after.filter((name) => !before.includes(name));
  const must = newcomers.length > 0 ? newcomers : after;
  const caughtUp = [...old.map((quorum) => [...new Set([...quorum, ...must])]), ...quorums(after)];
  return [
    { what: "commits go by the new members", quorums: both, known: [before] },
    { what: "the voters are being told", quorums: caughtUp, known: [before, after] },
    { what: "the voters know", quorums: caughtUp, known: [after] },
  ];
}

/** The smallest sets that acknowledge a commit: the leader, and as many others as PostgreSQL waits for. */
const quorums = (members: string[]): string[][] =>
  choose(
    members.filter((name) => name !== leader),
    confirmations(members),
  ).map((others) => [leader, ...others]);

function choose(names: string[], count: number): string[][] {
  if (count === 0) return [[]];
  return names.flatMap((name, at) => choose(names.slice(at + 1), count - 1).map((rest) => [name, ...rest]));
}

/** A commit that some sufficient set of witnesses has not; undefined where there is none. */
function loss({ quorums, known }: Stage): string | undefined {
  for (const members of known)
    for (const heard of choose(members, witnesses(members)))
      for (const quorum of quorums)
        if (!quorum.some((name) => heard.includes(name)))
          return `acknowledged by ${quorum.join(", ")}, unknown to ${heard.join(", ")} of ${members.join(", ")}`;
  return undefined;
}

const losses = (before: string[], after: string[], order: Order) =>
  stages(before, after, order).flatMap((stage) => {
    const lost = loss(stage);
    return lost ? [`[${before.join()}] to [${after.join()}], ${stage.what}: ${lost}`] : [];
  });

/** Every set of the nodes with the leader in it. */
const memberships = all
  .slice(1)
  .reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[leader]]);

/** What Leadership ever changes a membership to: one more, one less, or itself alone. */
function changes(before: string[]): string[][] {
  const more = all.filter((name) => !before.includes(name)).map((name) => [...before, name]);
  const less = before.filter((name) => name !== leader).map((name) => before.filter((other) => other !== name));
  const alone = before.length > 2 ? [[leader]] : [];
  return [...more, ...less, ...alone];
}

describe("every commit quorum and every sufficient set of witnesses overlap", () => {
  it("while nothing changes", () => {
    expect(memberships).to.have.length(64);
    for (const members of memberships)
      expect(loss({ what: "", quorums: quorums(members), known: [members] })).to.equal(undefined);
  });

  it("and would not with one confirmation less", () => {
    const fewer = (members: string[]) => choose(members.slice(1), confirmations(members) - 1);
    for (const members of memberships.filter(({ length }) => length > 1)) {
      const quorums = fewer(members).map((others) => [leader, ...others]);
      expect(loss({ what: "", quorums, known: [members] })).to.be.a("string");
    }
  });

  it("at every stage of every change, whichever membership the candidate knows", () => {
    let count = 0;
    for (const before of memberships)
      for (const after of changes(before)) {
        expect(losses(before, after, changeOrder(before, after))).to.deep.equal([]);
        count += 1;
      }
    expect(count).to.equal(64 * 6 + 57);
  });

  /** Members before and after, order. */
  const orders: [number, number, Order][] = [
    [1, 2, "commits first"],
    [2, 3, "voters first"],
    [3, 4, "commits first"],
    [4, 5, "voters first"],
    [5, 6, "commits first"],
    [6, 7, "voters first"],
    [7, 6, "commits first"],
    [6, 5, "voters first"],
    [5, 4, "commits first"],
    [4, 3, "voters first"],
    [3, 2, "commits first"],
    [2, 1, "voters first"],
    [3, 1, "voters first"],
    [7, 1, "voters first"],
  ];
  for (const [from, to, order] of orders)
    it(`from ${from} to ${to}: ${order}, since the other order could lose a commit`, () => {
      const [before, after] = [all.slice(0, from), all.slice(0, to)];
      expect(changeOrder(before, after)).to.equal(order);
      const other = order === "voters first" ? "commits first" : "voters first";
      expect(losses(before, after, other)).not.to.be.empty;
    });
});
