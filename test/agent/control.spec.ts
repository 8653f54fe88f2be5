import { mkdtempSync, rmSync, statSync } from "node:fs";
import * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import type { Agent } from "../../agent/agent";
import { control } from "../../agent/control";
import type { Health, HealthReport } from "../../agent/health/health";
import { timing } from "../../agent/timing";
import { durable, standby } from "./support/fakes";
import { birch } from "./support/nodes";

const report: HealthReport = {
  ...{ in: true, why: "It serves.", drains: [], workers: { "3001": "well" }, database: true, redis: true },
};
const agent = {
  ...{ self: birch, voter: { durable: durable() }, leadership: null, look: standby(), role: "follower", problem: null },
  ...{ parts: { pooler: { route: null }, timing }, clients: { without: 0 }, condition: { full: false } },
  ...{ heard: null, primary: null, peers: [] },
} as unknown as Agent;

describe("the agent's control socket", () => {
  let dir: string;
  let socket: string;
  let server: http.Server;
  let done: string[];
  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "trivet-control-"));
    socket = path.join(dir, "agent.sock");
    done = [];
    const health = {
      report: () => report,
      drain: (by: string, lasting: boolean) => {
        done.push(`drain ${by}${lasting ? ", lasting" : ""}`);
        return by === ""
          ? Promise.reject(new Error("No name."))
          : Promise.resolve({ drained: true, noticed: true, seconds: 6 });
      },
      undrain: (by: string) => {
        done.push(`undrain ${by}`);
        return Promise.resolve({ drained: ["shutdown"], noticed: false, seconds: 0 });
      },
    } as unknown as Health;
    server = await control(agent, health, socket);
  });
  afterEach(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  function ask(method: string, target: string): Promise<{ status?: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request({ socketPath: socket, path: target, method }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode, text }));
      });
      request.on("error", reject).end();
    });
  }

  it("is its own user's and root's alone", () => expect(statSync(socket).mode & 0o777).to.equal(0o600));

  it("shows the node's health in its status", async () => {
    const { status, text } = await ask("GET", "/status");
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.deep.include({ node: "birch", role: "follower", health: report });
  });

  it("takes the node out of rotation, until the next boot or for good", async () => {
    const answer = { status: 200, text: '{"drained":true,"noticed":true,"seconds":6}\n' };
    expect(await ask("POST", "/drain?by=shutdown")).to.deep.equal(answer);
    expect(await ask("POST", "/drain?by=operator&lasting=1")).to.deep.equal(answer);
    expect(done).to.deep.equal(["drain shutdown", "drain operator, lasting"]);
  });

  it("takes a drain back, and says who else holds the node out", async () => {
    const text = '{"drained":["shutdown"],"noticed":false,"seconds":0}\n';
    expect(await ask("POST", "/undrain?by=operator")).to.deep.equal({ status: 200, text });
    expect(done).to.deep.equal(["undrain operator"]);
  });

  it("gives the reason when it refuses", async () => {
    expect(await ask("POST", "/drain")).to.deep.equal({ status: 409, text: "No name.\n" });
    expect(await ask("GET", "/drain?by=operator")).to.deep.equal({
      status: 404,
      text: "GET /drain is nothing that an agent does.\n",
    });
    expect(done).to.deep.equal(["drain "]);
  });
});
