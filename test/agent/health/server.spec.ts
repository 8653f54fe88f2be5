import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { systemClock, within } from "../../../agent/clock";
import type { Check } from "../../../agent/health/balancer";
import { serveHealth } from "../../../agent/health/server";

describe("the health answer", () => {
  let dir: string;
  let socket: string;
  let server: http.Server;
  let isIn: boolean;
  let checks: Check[];
  let log: string[];
  const serve = () =>
    serveHealth({
      socket,
      answer: (check) => (checks.push(check), isIn),
      log: (event, details = {}) => void log.push(`${event}: ${String(details.message)}`),
    });
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-health-"));
    socket = path.join(dir, "health.sock");
    [isIn, checks, log] = [true, [], []];
  });
  afterEach(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  const until = (what: () => boolean) => within(systemClock, 10_000, 10, () => what() || undefined);
  const open = () => until(() => existsSync(socket) && (statSync(socket).mode & 0o777) === 0o666);

  function get(target = "/health", { method = "GET", headers = {} }: http.RequestOptions = {}) {
    return new Promise<{ status?: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const request = http.request({ socketPath: socket, path: target, method, headers }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (body += part));
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      request.on("error", reject);
      request.end();
    });
  }

  it("is 204 in rotation and 503 out of it, to everyone on the node, without a body and never kept", async () => {
    server = serve();
    expect(await open()).to.equal(true);
    for (const [answer, status] of [
      [true, 204],
      [false, 503],
    ] as const) {
      isIn = answer;
      const { headers, ...rest } = await get();
      expect(rest).to.deep.equal({ status, body: "" });
      expect(headers["cache-control"]).to.equal("no-store");
      expect(headers).not.to.have.any.keys("transfer-encoding", "content-type");
    }
  });

  it("knows who asks by nginx's word", async () => {
    server = serve();
    await open();
    await get("/health", { headers: { "x-balancer": "10.22.0.2", "x-client": "203.0.113.7" } });
    await get("/health?x=1");
    expect(checks).to.deep.equal([
      { from: "10.22.0.2", client: "203.0.113.7" },
      { from: "", client: "" },
    ]);
  });

  it("is for nothing else", async () => {
    server = serve();
    await open();
    expect(await get("/")).to.include({ status: 404, body: "" });
    expect(await get("/health", { method: "POST" })).to.include({ status: 404 });
    expect(checks).to.deep.equal([]);
  });

  it("takes the place of a former agent's socket", async () => {
    writeFileSync(socket, "");
    server = serve();
    await open();
    expect(await get()).to.include({ status: 204 });
  });

  it("tries again where it cannot listen, and ends nothing", async () => {
    socket = path.join(dir, "later", "health.sock");
    server = serve();
    expect(await until(() => log.length > 0)).to.equal(true);
    expect(log[0]).to.match(/^error: the health answer: /);
    mkdirSync(path.join(dir, "later"));
    await open();
    expect(await get()).to.include({ status: 204 });
  });
});
