import { expect } from "chai";
import { ApiError, ifMissing } from "../../../../local/plugins/digitalocean/api";
import { ScriptedApi } from "./scriptedApi";

describe("the stand-in for digitalocean: calls", () => {
  const api = new ScriptedApi();
  before(() => api.start());
  after(() => api.stop());

  it("sends the token, and says what the API said without it", async () => {
    api.answers({ ok: true });
    expect(await api.client().get("/v2/account")).to.deep.equal({ ok: true });
    const fault = await api.client({ token: "wrong" }).get("/v2/account").catch(String);
    expect(fault).to.match(/GET http:\/\/127\.0\.0\.1:\d+\/v2\/account: 401 Unable to authenticate you$/);
    expect(fault).not.to.contain("wrong");
  });

  it("repeats a call after 429 and 5xx, and no other", async () => {
    api.answers([503, { message: "later" }], [429, { message: "slower" }], { ok: true });
    expect(await api.client({ retries: 4 }).post("/v2/tags", { name: "x" })).to.deep.equal({ ok: true });
    expect(api.calls).to.have.length(3);

    for (const status of [404, 422, 501]) {
      api.answers([status, { message: "no" }]);
      await api
        .client({ retries: 4 })
        .get("/v2/tags")
        .catch(() => undefined);
      expect(api.calls, String(status)).to.have.length(1);
    }
  });

  it("gives up after the allowed number of repetitions", async () => {
    api.answers([500, { message: "a" }], [500, { message: "b" }], [500, { message: "c", request_id: "r1" }]);
    const fault = await api.client({ retries: 2 }).get("/v2/tags").catch(String);
    expect(fault).to.contain('500 (request "r1") c');
  });

  it("tells what is not there from what failed", async () => {
    api.answers([404, { message: "gone" }], [403, { message: "no" }], [404, { message: "gone" }]);
    expect(await api.client().find("/v2/vpcs/1")).to.equal(undefined);
    const fault: unknown = await api
      .client()
      .find("/v2/vpcs/1")
      .catch((reason: unknown) => reason);
    expect(fault).to.be.instanceOf(ApiError).and.have.property("status", 403);
    expect(await ifMissing(api.client().delete("/v2/vpcs/1"), "missing")).to.equal("missing");
  });

  it("says which address does not answer", async () => {
    const stopped = new ScriptedApi();
    await stopped.start();
    const client = stopped.client();
    stopped.stop();
    expect(await client.get("/v2/account").catch(String)).to.match(/GET http:.*\/v2\/account: .*ECONNREFUSED/);
  });
});
