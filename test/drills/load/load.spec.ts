import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startLoad, type Load } from "../../../drills/load";
import { until } from "../../support/until";

const steady = { keepalive: { clients: 2, perSecond: 200, idleSeconds: 0 } };

describe("a load", () => {
  let home: string;
  let file: string;
  let server: http.Server;
  let url: string;
  let load: Load | undefined;
  let served: number;
  let hanging: Set<http.ServerResponse> | undefined;

  beforeEach(async () => {
    home = mkdtempSync(path.join(tmpdir(), "trivet-load-"));
    file = path.join(home, "load.jsonl");
    [served, hanging] = [0, undefined];
    server = http.createServer((_request, response) => {
      if (hanging) return void hanging.add(response);
      served++;
      response.end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await load?.stop().catch(() => undefined);
    load = undefined;
    rmSync(home, { recursive: true });
  });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: Error) => error.message,
    );

  it("is under way when it has started, and ends with its summary when it is stopped", async () => {
    load = await startLoad({ url, traffic: steady }, { file });
    expect((await load.seconds())[0]!.kinds.keepalive!.requests).to.be.greaterThan(0);
    const summary = await load.stop();
    expect(summary.total).to.include({ ok: served, failed: 0, unfinished: 0 });
    const seconds = await load.seconds();
    const told = seconds.reduce((sum, { kinds }) => sum + (kinds.keepalive?.requests ?? 0), 0);
    expect(told).to.equal(summary.total.requests);
    expect(await load.stop()).to.deep.equal(summary);
  });

  it("ends by itself after its requests", async () => {
    load = await startLoad({ url, requests: 30, traffic: steady }, { file });
    expect((await load.ended).total).to.include({ requests: 30, ok: 30 });
    expect(served).to.equal(30);
  });

  it("ends by itself after its time", async () => {
    load = await startLoad({ url, seconds: 1.5, traffic: steady }, { file });
    const { seconds, perSecond, total } = await load.ended;
    expect(seconds).to.be.at.least(1.5);
    expect(perSecond).to.be.closeTo(total.ok / seconds, 0.01);
  });

  it("gives up what is in flight at its end, and counts it neither good nor bad", async () => {
    load = await startLoad({ url, timeoutSeconds: 60, traffic: steady }, { file });
    const held = (hanging = new Set());
    await until(() => held.size >= 2);
    const { total } = await load.stop();
    expect(total).to.include({ failed: 0, unfinished: 2 });
  });

  it("starts nothing when its options are bad", async () => {
    expect(await failure(startLoad({ url, seconds: -1 }, { file }))).to.match(/^load: seconds is -1; /);
    expect(existsSync(file)).to.equal(false);
  });

  it("says why when its process cannot run", async () => {
    const place = { file, networkOf: 2 ** 22 + 1 };
    expect(await failure(startLoad({ url, traffic: steady }, place))).to.match(
      /^the load ended without a summary.*nsenter/,
    );
    expect(readFileSync(file, "utf8")).to.equal("");
  });
});
