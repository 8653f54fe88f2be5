import { expect } from "chai";
import type { Http2Session, ServerHttp2Stream } from "node:http2";
import { Session } from "../../../drills/load/http2";
import { pageRequest } from "../../../drills/load/requests";
import { loadSpec } from "../../../drills/load/spec";
import { loaded, one } from "./support/load";
import { http2Site, type Site } from "./support/sites";

type Handler = (stream: ServerHttp2Stream) => void;

const refused = 7;
const answer: Handler = (stream) => {
  stream.respond({ ":status": 200, "content-type": "application/json" });
  stream.end('{"node":"ash"}');
};
const h2 = { ...one, streams: 1 };

describe("a load's HTTP/2 clients", () => {
  let site: Site | undefined;
  let sessions: Http2Session[];
  let seen: number;

  async function serve(handler: Handler): Promise<Site["target"]> {
    [sessions, seen] = [[], 0];
    site = await http2Site((server) => {
      server.on("session", (session) => sessions.push(session));
      server.on("stream", (stream) => {
        seen++;
        handler(stream);
      });
    });
    return site.target;
  }
  /** Only the stream of that number, from 1, goes another way. */
  const except =
    (number: number, other: Handler): Handler =>
    (stream) =>
      seen === number ? other(stream) : answer(stream);
  /** Goodbye, with the last stream that will be answered. */
  const leave = ({ session }: ServerHttp2Stream, lastStream: number, code = 0) => session!.goaway(code, lastStream);

  afterEach(async () => {
    await site?.close();
    site = undefined;
  });

  it("send several requests at once in one session", async () => {
    const waiting: ServerHttp2Stream[] = [];
    let most = 0;
    const target = await serve((stream) => {
      most = Math.max(most, waiting.push(stream));
      setTimeout(() => waiting.splice(0).forEach(answer), 30);
    });
    const { total, nodes } = await loaded({ ...target, requests: 12, traffic: { h2: { ...h2, streams: 4 } } });
    expect(total).to.include({ ok: 12, failed: 0, repeated: 0 });
    expect(nodes).to.deep.equal({ ash: 12 });
    expect(sessions).to.have.lengthOf(1);
    expect(most).to.equal(4);
  });

  it("repeat once, in a new session, what the server says that it has not begun", async () => {
    const target = await serve(except(3, (stream) => leave(stream, stream.id! - 2)));
    const { total } = await loaded({ ...target, requests: 5, traffic: { h2 } });
    expect(total).to.include({ requests: 5, ok: 5, failed: 0, repeated: 1 });
    expect({ sessions: sessions.length, seen }).to.deep.equal({ sessions: 2, seen: 6 });
  });

  it("repeat all of several requests that it has not begun", async () => {
    const target = await serve((stream) => {
      if (sessions.length > 1 || seen <= 4) answer(stream);
      // The first four had the odd numbers up to 7.
      else if (seen === 8) leave(stream, 7);
    });
    const { total } = await loaded({ ...target, requests: 12, traffic: { h2: { ...h2, streams: 4 } } });
    expect(total).to.include({ ok: 12, failed: 0, repeated: 4 });
    expect(sessions).to.have.lengthOf(2);
  });

  it("repeat it also when the server leaves because of an error", async () => {
    const target = await serve(except(3, (stream) => leave(stream, stream.id! - 2, 2)));
    const { total } = await loaded({ ...target, requests: 5, traffic: { h2 } });
    expect(total).to.include({ ok: 5, failed: 0, repeated: 1 });
  });

  it("repeat a stream that was refused", async () => {
    const target = await serve(except(2, (stream) => stream.close(refused)));
    const { total } = await loaded({ ...target, requests: 4, traffic: { h2 } });
    expect(total).to.include({ ok: 4, failed: 0, repeated: 1 });
    expect(sessions).to.have.lengthOf(2);
  });

  it("repeat no second time", async () => {
    const target = await serve((stream) => (seen < 3 ? stream.close(refused) : answer(stream)));
    const { total } = await loaded({ ...target, requests: 2, traffic: { h2 } });
    expect(total).to.deep.include({ ok: 1, failed: 1, repeated: 1, errors: { "not begun by the server": 1 } });
    expect(seen).to.equal(3);
  });

  it("wait for what the server still answers after its goodbye", async () => {
    const target = await serve(
      except(3, (stream) => {
        leave(stream, stream.id!);
        setTimeout(() => answer(stream), 50);
      }),
    );
    const { total } = await loaded({ ...target, requests: 5, traffic: { h2 } });
    expect(total).to.include({ ok: 5, failed: 0, repeated: 0 });
    expect({ sessions: sessions.length, seen }).to.deep.equal({ sessions: 2, seen: 5 });
  });

  it("tell of a session that is closed while it is idle, and take no harm", async () => {
    const target = await serve(answer);
    let told: () => void;
    let stale = 0;
    const session = new Session(loadSpec(target), new AbortController().signal, () => {
      stale++;
      told();
    });
    for (let round = 0; round < 2; round++) {
      const closed = new Promise<void>((resolve) => (told = resolve));
      expect(await session.send(pageRequest(loadSpec(target)))).to.include({ node: "ash" });
      sessions[round]!.close();
      await closed;
    }
    session.close();
    expect({ stale, sessions: sessions.length }).to.deep.equal({ stale: 2, sessions: 2 });
  });

  // The last is how many seconds the clients bear silence: only where it is there, since a busy host delays sound answers.
  const misbehaviours: [string, Handler, RegExp, number?][] = [
    ["a stream's error", (stream) => stream.close(2), /stream error 2/],
    ["a cancelled stream", (stream) => stream.close(8), /stream error 8/],
    ["a connection that is closed", ({ session }) => session!.destroy(), /^no answer/],
    ["a reset", () => site!.reset(), /^no answer/],
    [
      "a goodbye after which the begun answer does not come",
      (stream) => {
        leave(stream, stream.id!);
        setTimeout(() => stream.session?.destroy(), 30);
      },
      /^no answer/,
    ],
    [
      "a body that is cut off",
      (stream) => {
        stream.respond({ ":status": 200 });
        stream.write("begun");
        setTimeout(() => stream.session?.destroy(), 30);
      },
      /^truncated body/,
    ],
    [
      "an error after the answer has begun",
      (stream) => {
        stream.respond({ ":status": 200 });
        stream.write("begun");
        setTimeout(() => stream.destroy(new Error("on purpose")), 30);
      },
      /^truncated body/,
    ],
    ["an error's status", (stream) => stream.respond({ ":status": 500 }, { endStream: true }), /^status 500$/],
    ["silence", () => undefined, /^no answer within 1 s$/, 1],
  ];
  for (const [what, handler, error, timeoutSeconds] of misbehaviours)
    it(`count ${what} as one failure, and repeat nothing`, async () => {
      const target = await serve(except(2, handler));
      const { kinds, examples } = await loaded({ ...target, timeoutSeconds, requests: 4, traffic: { h2 } });
      expect(kinds.h2).to.include({ requests: 4, ok: 3, failed: 1, repeated: 0 });
      expect(examples.map(({ error }) => error)).to.have.lengthOf(1);
      expect(examples[0]!.error).to.match(error);
      expect(seen).to.equal(4);
    });

  it("fail when nobody is there", async () => {
    const target = await serve(answer);
    await site!.close();
    site = undefined;
    const { total } = await loaded({ ...target, requests: 2, traffic: { h2 } });
    expect(total).to.include({ ok: 0, failed: 2, repeated: 0 });
    expect(Object.keys(total.errors)[0]).to.include("ECONNREFUSED");
  });
});
