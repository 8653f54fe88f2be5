import { expect } from "chai";
import { serviceNames, serviceOf, whereAre } from "../../../cli/logs/services";
import { linesOf, sinceOf } from "../../../cli/logs/since";

describe("the logs' services", () => {
  it("leave out, by default, the requests that went well", () => {
    const { units, files } = whereAre([]);
    expect(files).to.deep.equal(["/var/log/nginx/error.log"]);
    expect(units).to.include.members(["app@*.service", "nginx.service", "trivet-sentinel.service"]);
    expect(whereAre(["nginx"])).to.deep.equal({
      units: ["nginx.service"],
      files: ["/var/log/nginx/error.log", "/var/log/nginx/access.log"],
    });
    expect(whereAre(["agent", "agent"])).to.deep.equal({ units: ["trivet-agent.service"], files: [] });
  });

  it("are all known by their units", () => {
    for (const name of serviceNames) {
      for (const unit of whereAre([name]).units.filter((each) => each !== "app.service")) {
        expect(serviceOf(unit.replace("*", "3001")), unit).to.equal(name);
      }
    }
    expect(serviceOf("ssh.service")).to.equal(undefined);
  });

  it("are named where one is none", () => {
    expect(() => whereAre(["app", "worker"])).to.throw(
      /^"worker" is no service; there are app, nginx, .* and pgbouncer\.$/,
    );
    expect(() => whereAre(["ash", "oak"])).to.throw(/^"ash" and "oak" are no services;/);
    expect(() => whereAre(["constructor"])).to.throw(/is no service/);
  });
});

describe("--since and --lines", () => {
  const now = Date.parse("2026-11-21T07:45:00Z");
  for (const [given, meant] of [
    ["30s", "2026-11-21T07:44:30Z"],
    ["10m", "2026-11-21T07:35:00Z"],
    ["2h", "2026-11-21T05:45:00Z"],
    ["1d", "2026-11-20T07:45:00Z"],
    ["2026-11-01", "2026-11-01T00:00:00Z"],
    ["2026-11-01T10:00:00+01:00", "2026-11-01T09:00:00Z"],
  ] as const) {
    it(`reads ${given}`, () => expect(sinceOf(given, now)).to.deep.equal(new Date(meant)));
  }
  for (const given of ["", "10", "ten", "10 m", "m", "-5m", "1.5h", "2026", "2026-13-01", "99999999d"]) {
    it(`refuses "${given}"`, () =>
      expect(() => sinceOf(given, now)).to.throw(`--since is "${given}"; wanted how long`));
  }

  it("are whole numbers of lines", () => {
    expect(linesOf("0")).to.equal(0);
    for (const given of ["-1", "1.5", "all", "", "99999999"]) expect(() => linesOf(given)).to.throw("--lines is");
  });
});
