import { once } from "node:events";
import * as https from "node:https";
import { expect } from "chai";
import { agentPort } from "../../../agent/wire/port";
import { serve, type Credentials, type Handlers } from "../../../agent/wire/server";
import { authority, type Authority } from "../support/certificates";
import { ash, birch, cedar, nodes } from "../support/nodes";

interface Sent {
  path?: string;
  method?: string;
  body?: string;
  credentials?: Partial<Credentials>;
  tls?: https.RequestOptions;
}

describe("birch's agent answers", () => {
  let ours: Authority;
  let own: Credentials;
  let server: https.Server;
  let handled: [string, unknown][];
  let log: { event: string; message: string }[];

  before(async () => {
    ours = await authority();
    own = await ours.sign("ash", ash.ip);
    const calls = ["heartbeat", "vote", "resign", "blank", "found", "pause"] as const;
    const handlers = Object.fromEntries(
      calls.map((call) => [
        call,
        (body: unknown) => {
          handled.push([call, body]);
          return call === "blank" ? Promise.reject(new Error("It has data.")) : Promise.resolve({ heard: call });
        },
      ]),
    ) as unknown as Handlers;
    server = serve({
      ...{ ip: birch.ip, nodes, credentials: await ours.sign("birch", birch.ip), handlers },
      log: (event, details = {}) => void log.push({ event, message: String(details.message) }),
    });
    await once(server, "listening");
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    handled = [];
    log = [];
  });

  /** One request of ash's, unless it shows another's certificate. */
  function send({ path = "/vote", method = "POST", body = '{"candidate":"ash"}', credentials, tls }: Sent = {}) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = https.request(
        {
          ...{ host: birch.ip, port: agentPort, path, method, agent: false, ...own, ...credentials, ...tls },
          headers: { "content-length": Buffer.byteLength(body) },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (text += part));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
          response.on("error", reject);
        },
      );
      request.on("error", reject);
      request.end(body);
    });
  }

  const refusedWithoutAnAnswer = (sent: Sent) =>
    send(sent).then(
      ({ status }) => expect.fail(`It answered ${status}.`),
      (error: Error) => error.message,
    );

  it("a node that speaks for itself", async () => {
    expect(await send()).to.deep.equal({ status: 200, text: '{"heard":"vote"}' });
    expect(handled).to.deep.equal([["vote", { candidate: "ash" }]]);
    expect(log).to.deep.equal([]);
  });

  for (const [call, field] of [
    ["heartbeat", "leader"],
    ["vote", "candidate"],
    ["resign", "leader"],
    ["found", "leader"],
  ] as const)
    it(`no ${call} from one who speaks for another, or for nobody`, async () => {
      const path = `/${call}`;
      expect(await send({ path, body: JSON.stringify({ [field]: "cedar" }) })).to.deep.equal({
        status: 400,
        text: "ash speaks for cedar.",
      });
      expect(await send({ path, body: "{}" })).to.deep.equal({ status: 400, text: "ash speaks for undefined." });
      expect(handled).to.deep.equal([]);
      expect(log.map(({ message }) => message)).to.deep.equal(["ash speaks for cedar.", "ash speaks for undefined."]);
    });

  it("no node with another's certificate", async () => {
    const credentials = await ours.sign("cedar", cedar.ip);
    const message = `127.0.0.1 shows the certificate of cedar, whose address is ${cedar.ip}.`;
    expect(await send({ credentials, body: '{"candidate":"cedar"}' })).to.deep.equal({ status: 400, text: message });
    expect(handled).to.deep.equal([]);
    expect(log).to.deep.equal([{ event: "refused", message }]);
  });

  it("no certificate of the authority's that is no node's, such as the site's", async () => {
    const credentials = await ours.sign("app.trivet.test", ash.ip);
    expect((await send({ credentials })).text).to.include('"app.trivet.test", which is no node of this stack');
    expect(handled).to.deep.equal([]);
  });

  it("no application, though it comes from a node's address with a certificate of the authority's", async () => {
    const credentials = await ours.signApplication();
    const message = '127.0.0.1 shows the certificate of "trivet-local application", which is no node of this stack.';
    expect(await send({ credentials })).to.deep.equal({ status: 400, text: message });
    expect(handled).to.deep.equal([]);
  });

  for (const [what, name, reason] of [
    ["", "another authority", /^(UNABLE|SELF_SIGNED|DEPTH_ZERO)/],
    [", even of the same name", undefined, /./],
  ] as const)
    it(`no certificate of another authority${what}`, async () => {
      const { cert, key } = await (await authority(name)).sign("ash", ash.ip);
      await refusedWithoutAnAnswer({ credentials: { cert, key } });
      expect(handled).to.deep.equal([]);
      expect(log.map(({ event }) => event)).to.deep.equal(["refused"]);
      expect(log[0]!.message).to.match(reason);
    });

  it("nobody without a certificate", async () => {
    await refusedWithoutAnAnswer({ credentials: { cert: undefined, key: undefined } });
    expect(handled).to.deep.equal([]);
    expect(log[0]!.message).to.match(/certificate/i);
  });

  it("nobody with an older TLS", async () => {
    await refusedWithoutAnAnswer({ tls: { maxVersion: "TLSv1.2" } });
    expect(handled).to.deep.equal([]);
    expect(log[0]!.message).to.match(/unsupported.protocol/i);
  });

  for (const path of ["/", "/votes", "/vote/", "/toString", "/__proto__", "/constructor", "/vote?x=1"])
    it(`nothing at ${path}`, async () => {
      expect(await send({ path })).to.include({ status: 404 });
      expect(handled).to.deep.equal([]);
    });

  it("nothing but a POST", async () => {
    expect(await send({ method: "PUT" })).to.include({ status: 404 });
    expect(handled).to.deep.equal([]);
  });

  for (const body of ["", "vote", '{"candidate":"ash"'])
    it(`no body such as ${JSON.stringify(body)}`, async () => {
      const { status, text } = await send({ body });
      expect(status).to.equal(400);
      expect(text).to.match(/JSON/);
      expect(handled).to.deep.equal([]);
    });

  for (const body of ["null", "7", '"ash"', "[]"])
    it(`no body that is JSON but no message: ${body}`, async () => {
      expect(await send({ body })).to.include({ status: 400 });
      expect(handled).to.deep.equal([]);
    });

  it("no body that is too large, and says so", async () => {
    const body = JSON.stringify({ candidate: "ash", more: "x".repeat(2 * 1024 * 1024) });
    expect(await send({ body })).to.deep.equal({
      status: 400,
      text: `A message may have 262144 bytes; this one has ${body.length}.`,
    });
    expect(handled).to.deep.equal([]);
  });

  it("a body of many parts", async () => {
    const body = JSON.stringify({ candidate: "ash", more: "x".repeat(200 * 1024) });
    expect(await send({ body })).to.include({ status: 200 });
  });

  it("with the reason when a call fails", async () => {
    expect(await send({ path: "/blank", body: "{}" })).to.deep.equal({ status: 400, text: "It has data." });
    expect(log).to.deep.equal([{ event: "refused", message: "It has data." }]);
  });
});
