import { expect } from "chai";
import { judge, type Standing } from "../../../agent/election/ballot";
import type { VoteRequest } from "../../../agent/wire/messages";

const asked: VoteRequest = {
  term: 5,
  candidate: "birch",
  position: { term: 4, timeline: 2, lsn: "0/5000000" },
  trial: false,
};
const voter: Standing = {
  blank: false,
  leading: false,
  term: 4,
  votedFor: "ash",
  promisedTo: null,
  position: { term: 4, timeline: 2, lsn: "0/5000000" },
};

describe("a vote", () => {
  const granted: [string, Partial<VoteRequest>, Partial<Standing>][] = [
    ["for a later term and data as good", {}, {}],
    ["when it is only asked for", { trial: true }, {}],
    ["for better data of the same term", {}, { position: { term: 4, timeline: 2, lsn: "0/4000000" } }],
    ["for less data of a later term", {}, { position: { term: 3, timeline: 1, lsn: "F/0" } }],
    ["by a voter who knows nothing of its own data", {}, { position: undefined }],
    ["again, to the same candidate", {}, { term: 5, votedFor: "birch" }],
    ["in a term of which the voter has only heard", {}, { term: 5, votedFor: null }],
    ["to the very leader that the voter waits for", {}, { promisedTo: "birch" }],
  ];
  for (const [what, request, standing] of granted)
    it(`is given ${what}`, () => expect(judge({ ...asked, ...request }, { ...voter, ...standing })).to.equal(null));

  const refused: [string, Partial<VoteRequest>, Partial<Standing>, string][] = [
    ["by a voter that knows no cluster", {}, { blank: true }, "I know no cluster yet"],
    ["for an earlier term", {}, { term: 6 }, "I am in term 6"],
    ["for the same term, when it is only asked for", { trial: true }, { term: 5, votedFor: null }, "I am in term 5"],
    ["by a leader", {}, { leading: true }, "I lead"],
    ["while another leader is waited for", {}, { promisedTo: "ash" }, "I have heard ash"],
    ["while another leader is waited for, also on trial", { trial: true }, { promisedTo: "ash" }, "I have heard ash"],
    ["when it went to another in this term", {}, { term: 5, votedFor: "ash" }, "I voted for ash"],
    [
      "to less data",
      {},
      { position: { term: 4, timeline: 2, lsn: "0/5000001" } },
      "my data reaches 0/5000001 of term 4",
    ],
    [
      "to more data of an earlier term",
      { position: { term: 3, timeline: 2, lsn: "F/0" } },
      {},
      "my data reaches 0/5000000 of term 4",
    ],
    ["to less data on trial", { trial: true, position: { term: 0, timeline: 9, lsn: "F/0" } }, {}, "my data reaches"],
  ];
  for (const [what, request, standing, reason] of refused)
    it(`is refused ${what}`, () =>
      expect(judge({ ...asked, ...request }, { ...voter, ...standing })).to.include(reason));
});
