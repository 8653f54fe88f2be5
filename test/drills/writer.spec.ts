import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as net from "node:net";
import * as path from "node:path";
import { parseEvents, type ClientSpec, type Orders } from "../../drills/events";
import { writesOf } from "../../drills/history";
import { projectRoot } from "../../local/paths";

const client: ClientSpec = {
  name: "ash/direct",
  kind: "direct",
  host: "127.0.0.1",
  port: 1,
  user: "app",
  password: "not-told",
  database: "app",
  intervalMs: 10,
  timeoutMs: 200,
};

/** Starts a writer as the checker does, but on this host's own network. */
function writer(orders: Partial<Orders>) {
  const program = path.join(projectRoot, "drills", "writer.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program], { cwd: projectRoot });
  let output = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stdin.write(`${JSON.stringify({ run: "one", seconds: 60, writes: 3, clients: [client], ...orders })}\n`);
  return { child, history: () => writesOf(parseEvents(output).events), output: () => output };
}

describe("a writer", () => {
  it("records every attempt and what became of it, and ends with its last write", async () => {
    const { child, history, output } = writer({});
    const [code] = (await once(child, "exit")) as [number];
    expect(code).to.equal(0);
    expect(history().map(({ id, outcome }) => [id, outcome])).to.deep.equal([
      [1, "failed"],
      [2, "failed"],
      [3, "failed"],
    ]);
    expect(history()[0]!.error).to.include("ECONNREFUSED");
    expect(output()).to.not.include("not-told");
  });

  it("ends when whoever started it does", async () => {
    const { child, output } = writer({ writes: 100_000 });
    await once(child.stdout, "data");
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number];
    expect(code).to.equal(0);
    expect(output()).to.include('"what":"attempt"');
  });

  it("takes a write whose answer does not come for unknown, and goes on", async () => {
    // It logs everyone in and then says no more.
    const silent = net.createServer((socket) => {
      socket.on("error", () => undefined);
      const loggedIn = Buffer.from([...message("R", [0, 0, 0, 0]), ...message("Z", [0x49])]);
      socket.once("data", () => socket.write(loggedIn));
    });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    try {
      const { child, history } = writer({ writes: 2, clients: [{ ...client, port }] });
      await once(child, "exit");
      expect(history().map(({ id, outcome }) => [id, outcome])).to.deep.equal([
        [1, "unknown"],
        [2, "unknown"],
      ]);
    } finally {
      silent.close();
    }
  });
});

/** A message of PostgreSQL's protocol, its payload in bytes. */
function message(type: string, payload: number[]): number[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length + 4);
  return [type.charCodeAt(0), ...length, ...payload];
}
