import { expect } from "chai";
import { createHash } from "node:crypto";
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { WebSocketServer } from "ws";
import { kinds, mixed, startLoad } from "../../../drills/load";
import { http2Site, type Site } from "./support/sites";

describe("a load of all kinds at once", () => {
  let home: string;
  let site: Site | undefined;
  beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), "trivet-load-"))));
  afterEach(async () => {
    await site?.close();
    rmSync(home, { recursive: true });
  });

  it("finds no fault with a site that has none, and counts what the site counts", async () => {
    const posted: string[] = [];
    const versions = new Set<string>();
    site = await http2Site((server) => {
      wellBehaved(server, posted, versions);
    });
    const traffic = { ...mixed(150), slow: { clients: 2, seconds: 1 } };
    const options = { ...site.target, seconds: 6, postPath: "/notes", traffic };
    const load = await startLoad(options, { file: path.join(home, "load.jsonl") });
    const { total, kinds: found, asked, examples } = await load.ended;
    expect(examples).to.deep.equal([]);
    expect(total).to.include({ failed: 0, repeated: 0, reconnected: 0 });
    expect(Object.keys(found)).to.have.members(kinds);
    for (const kind of kinds) expect(found[kind]!.ok, kind).to.be.greaterThan(0);
    expect([...versions]).to.have.members(["1.1", "2.0"]);
    expect(asked["POST /notes"]!.ok).to.equal(posted.length);
    expect(new Set(posted).size).to.equal(posted.length);
  });
});

/** What the example answers to such clients. */
function wellBehaved(server: Http2SecureServer, posted: string[], versions: Set<string>): void {
  const sockets = new WebSocketServer({ server: server as never, path: "/api/live" });
  sockets.on("connection", (socket) => socket.send('{"type":"hello","node":"ash"}'));
  const answer = (response: Http2ServerResponse, value: object) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
  server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) => {
    versions.add(request.httpVersion);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      if (request.url === "/notes") posted.push((JSON.parse(body.toString()) as { text: string }).text);
      if (request.url.startsWith("/api/slow")) setTimeout(() => answer(response, {}), 1000);
      else if (request.url === "/api/uploads")
        answer(response, { size: body.length, sha256: createHash("sha256").update(body).digest("hex") });
      else answer(response, { node: "ash" });
    });
  });
}
