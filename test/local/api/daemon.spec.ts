import * as fs from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { apiLogFile, apiRunning, startApi, stopApi, type ApiPlace } from "../../../local/api/daemon";
import { apiProcess } from "../../../local/api/pidFile";
import { until } from "../../support/until";

const listenAnywhere = (port = 0) =>
  new Promise<Server>((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

describe("the API's process", () => {
  let directory: string;
  let place: ApiPlace;

  beforeEach(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-daemon-"));
    const probe = await listenAnywhere();
    place = {
      stateDir: path.join(directory, "cloud"),
      tokenFile: path.join(directory, "token"),
      port: portOf(probe),
      fabric: path.join(__dirname, "recordingFabric.ts"),
    };
    await close(probe);
  });

  afterEach(async () => {
    await stopApi(place);
    fs.rmSync(directory, { recursive: true });
  });

  const failure = () =>
    startApi(place).then(
      () => "",
      (error: Error) => error.message,
    );

  const call = async (resource: string, body?: object) => {
    const token = fs.readFileSync(place.tokenFile, "utf8").trim();
    const response = await fetch(`http://127.0.0.1:${place.port}/v2/${resource}`, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  it("starts once, keeps its books over a kill, and stops", async () => {
    expect(await apiRunning(place)).to.equal(false);
    await startApi(place);
    const pid = apiProcess(place.stateDir);
    expect(fs.statSync(place.tokenFile).mode & 0o777).to.equal(0o600);
    await startApi(place);
    expect(apiProcess(place.stateDir)).to.equal(pid);
    await call("tags", { name: "web" });

    process.kill(pid ?? 0, "SIGKILL");
    await until(() => apiProcess(place.stateDir) === undefined);
    expect(await apiRunning(place)).to.equal(false);
    await startApi(place);
    expect(await call("tags")).to.have.nested.property("tags[0].name", "web");

    await stopApi(place);
    expect(await apiRunning(place)).to.equal(false);
    expect(fs.readdirSync(place.stateDir)).to.have.members(["api.log", "books.json"]);
    const log = fs.readFileSync(apiLogFile(place.stateDir), "utf8");
    expect(log).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z request GET \/v2\/tags 200 \d+ ms$/m);
    expect(log).to.not.include(fs.readFileSync(place.tokenFile, "utf8").trim());
  });

  it("names whoever has its port", async () => {
    const other = await listenAnywhere(place.port);
    try {
      expect(await failure()).to.match(
        new RegExp(
          `^Port ${place.port} on 127.0.0.1 is in use by \\S+ \\(pid ${process.pid}\\); the local cloud's API`,
        ),
      );
    } finally {
      await close(other);
    }
  });

  it("does not take another cloud's API for its own", async () => {
    await startApi(place);
    const mine = place;
    place = { ...mine, stateDir: path.join(directory, "other"), tokenFile: path.join(directory, "other-token") };
    expect(await failure()).to.include(`Port ${place.port} on 127.0.0.1 is in use by node`);
    place = mine;
  });

  it("says why it cannot start", async () => {
    fs.mkdirSync(place.stateDir);
    fs.writeFileSync(path.join(place.stateDir, "books.json"), "torn");
    expect(await failure()).to.equal(
      `The local cloud's API did not start: The local cloud's books ${place.stateDir}/books.json are not JSON. ` +
        "Repair or remove the file.",
    );
  });
});
