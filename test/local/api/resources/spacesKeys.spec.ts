import { expect } from "chai";
import { TestCloud } from "../testCloud";

describe("Spaces keys", () => {
  const cloud = new TestCloud();
  before(() => cloud.start());
  after(() => cloud.remove());

  it("tell their secret once, when they are created", async () => {
    const grants = [{ bucket: "backups", permission: "readwrite" }];
    const { status, body } = await cloud.post("spaces/keys", { name: "backup", grants });
    expect(status).to.equal(201);
    const { access_key: accessKey, secret_key: secretKey, ...rest } = body.key;
    expect(accessKey).to.match(/^DO[0-9A-F]{18}$/);
    expect(secretKey).to.have.length(43);
    expect((await cloud.get(`spaces/keys/${accessKey}`)).body.key).to.deep.equal({ access_key: accessKey, ...rest });
    const put = await cloud.put(`spaces/keys/${accessKey}`, {
      name: "read",
      grants: [{ ...grants[0], permission: "read" }],
    });
    expect(put.body.key).to.have.nested.property("grants[0].permission", "read");
    expect(put.body.key).to.not.have.property("secret_key");
    expect((await cloud.delete(`spaces/keys/${accessKey}`)).status).to.equal(204);
    expect((await cloud.get("spaces/keys")).body.keys).to.deep.equal([]);
  });

  it("refuse a permission that is none", async () => {
    const { status, body } = await cloud.post("spaces/keys", {
      name: "k",
      grants: [{ bucket: "b", permission: "all" }],
    });
    expect([status, body.message]).to.deep.equal([422, "grants[0].permission: must be read, readwrite or fullaccess"]);
  });
});
