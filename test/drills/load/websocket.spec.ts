import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";
import type { Summary } from "../../../drills/load/report";
import { loaded } from "./support/load";
import { httpsSite, type Site } from "./support/sites";
import { until } from "../../support/until";

const quiet = { clients: 1 };
const quick = { clients: 1, messagesPerSecond: 100 };

describe("a load's websockets", () => {
  let site: Site | undefined;
  let opened: number;

  /** @param on what is done with each websocket, with its number from 1 */
  async function serve(on: (socket: WebSocket, number: number) => void): Promise<Site["target"]> {
    opened = 0;
    site = await httpsSite({
      on: (server) => {
        const sockets = new WebSocketServer({ server, path: "/api/live" });
        sockets.on("connection", (socket) =>
          on(
            socket.on("error", () => undefined),
            ++opened,
          ),
        );
      },
    });
    return site.target;
  }
  const echo = (socket: WebSocket) =>
    socket.on("message", (data: Buffer) => socket.send(`{"node":"ash","echo":${data.toString()}}`));
  /** Until so many websockets were opened, and a moment more. */
  const afterOpened = async (number: number) => {
    await until(() => opened >= number);
    await sleep(1_000);
  };
  const ofMessages = ({ asked }: Summary) => asked["message sent"] ?? { requests: 0, ok: 0, failed: 0 };

  afterEach(async () => {
    await site?.close();
    site = undefined;
  });

  it("send messages that come back", async () => {
    const target = await serve(echo);
    const summary = await loaded({ ...target, requests: 10, traffic: { ws: quick } });
    expect(ofMessages(summary)).to.deep.equal({ requests: 10, ok: 10, failed: 0 });
    expect(summary.kinds.ws).to.include({ failed: 0, reconnected: 0, unfinished: 0 });
    expect(summary.nodes).to.deep.equal({ ash: 10 });
  });

  it("count what the server says by itself, and who says it", async () => {
    const target = await serve((socket) => {
      socket.send('{"type":"hello","node":"birch","release":"r1"}');
      socket.send('{"type":"ping"}');
    });
    const { asked, nodes, releases, kinds } = await loaded({ ...target, traffic: { ws: quiet } }, afterOpened(1));
    expect(asked["message received"]).to.deep.equal({ requests: 2, ok: 2, failed: 0 });
    expect({ nodes, releases }).to.deep.equal({ nodes: { birch: 1 }, releases: { r1: 1 } });
    expect(kinds.ws).to.include({ failed: 0 });
  });

  it("fail when nothing comes for too long", async () => {
    const target = await serve((socket, number) => {
      const telling = number > 1 && setInterval(() => socket.send("{}"), 20);
      socket.on("close", () => telling && clearInterval(telling));
    });
    const traffic = { ws: { ...quiet, quietSeconds: 1 } };
    const { kinds } = await loaded({ ...target, traffic }, afterOpened(2));
    expect(kinds.ws).to.deep.include({ failed: 1, errors: { "no message within 1 s, closed with 1006": 1 } });
  });

  it("fail with a message that does not come back, or is another one", async () => {
    const target = await serve((socket) => socket.on("message", () => socket.send("something else")));
    const summary = await loaded({ ...target, timeoutSeconds: 1, requests: 2, traffic: { ws: quick } });
    expect(ofMessages(summary)).to.include({ failed: 2 });
    expect(summary.total.errors).to.deep.equal({ "no message within 1 s": 2 });
  });

  for (const code of [1000, 1001, 1012])
    it(`are opened again when they are closed with ${code}`, async () => {
      const target = await serve((socket, number) => (number === 1 ? socket.close(code) : echo(socket)));
      const { kinds } = await loaded({ ...target, traffic: { ws: quiet } }, afterOpened(2));
      expect(kinds.ws).to.include({ ok: 2, failed: 0, reconnected: 1 });
    });

  const misbehaviours: [string, (socket: WebSocket) => void, RegExp][] = [
    ["cut off", (socket) => socket.terminate(), /closed with 1006$/],
    ["closed with another code", (socket) => socket.close(1011), /^closed with 1011$/],
    ["closed without a code", (socket) => socket.close(), /^closed with 1005$/],
  ];
  for (const [what, spoil, error] of misbehaviours)
    it(`fail when they are ${what}`, async () => {
      const target = await serve((socket, number) => (number === 1 ? spoil(socket) : echo(socket)));
      const { kinds, examples } = await loaded({ ...target, traffic: { ws: quiet } }, afterOpened(2));
      expect(kinds.ws).to.include({ ok: 2, failed: 1, reconnected: 0 });
      expect(examples.map(({ what }) => what)).to.deep.equal(["websocket held open"]);
      expect(examples[0]!.error).to.match(error);
    });

  it("say once again what a server that says goodbye has not answered", async () => {
    let said = 0;
    const target = await serve((socket, number) => {
      if (number > 1) echo(socket);
      else socket.on("message", () => void (++said === 1 && socket.close(1001)));
    });
    const summary = await loaded({ ...target, requests: 3, traffic: { ws: quick } });
    expect(ofMessages(summary)).to.deep.equal({ requests: 3, ok: 3, failed: 0 });
    expect(summary.kinds.ws).to.include({ failed: 0, repeated: 1, reconnected: 1 });
  });

  it("lose a message with a connection that breaks", async () => {
    const target = await serve((socket, number) => {
      if (number > 1) echo(socket);
      else socket.on("message", () => socket.terminate());
    });
    const summary = await loaded({ ...target, requests: 3, traffic: { ws: quick } });
    expect(ofMessages(summary)).to.deep.equal({ requests: 3, ok: 2, failed: 1 });
    expect(summary.kinds.ws).to.include({ failed: 2, repeated: 0, reconnected: 0 });
  });

  it("fail when the handshake is refused, and try again", async () => {
    let tries = 0;
    site = await httpsSite({
      on: (server) => {
        const sockets = new WebSocketServer({ noServer: true });
        server.on("upgrade", (request, socket, head) => {
          if (++tries === 1) socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
          else sockets.handleUpgrade(request, socket, head, echo);
        });
      },
    });
    const summary = await loaded({ ...site.target, requests: 2, traffic: { ws: quick } });
    expect(summary.kinds.ws).to.deep.include({ failed: 1, reconnected: 0, errors: { "status 503": 1 } });
    expect(ofMessages(summary)).to.include({ ok: 2 });
  });

  it("end with the load where none is ever opened", async () => {
    let tries = 0;
    site = await httpsSite({
      on: (server) => server.on("upgrade", (_request, socket) => void (tries++, socket.end("HTTP/1.1 503 No\r\n\r\n"))),
    });
    const { kinds, asked } = await loaded(
      { ...site.target, traffic: { ws: quick } },
      until(() => tries > 1),
    );
    expect(kinds.ws!.failed).to.be.greaterThan(0);
    expect(kinds.ws).to.include({ ok: 0, unfinished: 1 });
    expect(asked).to.not.have.property("message sent");
  });
});
