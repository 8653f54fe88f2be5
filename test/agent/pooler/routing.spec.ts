import { expect } from "chai";
import type { Route } from "../../../agent/pooler/pooler";
import { route, sameRoute, type Scene } from "../../../agent/pooler/routing";

const scene: Scene = { primary: "10.22.0.11", without: 0, held: false, standby: "10.22.0.12", reads: 15_000 };
const primary: Route = { to: "primary", ip: "10.22.0.11" };
const reads: Route = { to: "reads", ip: "10.22.0.12" };
const nobody: Route = { to: "nobody" };

describe("where a pooler's clients go", () => {
  const table: [string, Partial<Scene>, Route][] = [
    ["to the primary", {}, primary],
    ["to the primary on this very node", { primary: "10.22.0.12", standby: null }, { to: "primary", ip: "10.22.0.12" }],
    ["to the primary as soon as there is one again", { without: 60_000 }, primary],
    ["nowhere while there is none", { primary: null, without: 14_999 }, nobody],
    ["to the standby when there is none for long", { primary: null, without: 15_000 }, reads],
    ["nowhere when the standby does not answer either", { primary: null, without: 60_000, standby: null }, nobody],
    ["nowhere while they are held", { held: true }, nobody],
    ["nowhere while they are held, for however long", { held: true, primary: null, without: 60_000 }, nobody],
  ];
  for (const [what, given, expected] of table)
    it(what, () => expect(route({ ...scene, ...given })).to.deep.equal(expected));
});

describe("a route is the same", () => {
  const routes: Route[] = [
    primary,
    { to: "primary", ip: "10.22.0.12" },
    reads,
    { to: "reads", ip: "10.22.0.11" },
    nobody,
  ];
  it("only as one to the same place for the same purpose", () => {
    routes.forEach((a, i) => routes.forEach((b, j) => expect(sameRoute({ ...a }, { ...b })).to.equal(i === j)));
  });

  it("as none that is not known", () => {
    for (const other of routes) expect(sameRoute(null, other)).to.equal(false);
  });
});
