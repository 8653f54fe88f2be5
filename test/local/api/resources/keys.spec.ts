import { expect } from "chai";
import { TestCloud } from "../testCloud";
import { sshKeys } from "../../../support/sshKeys";

// A known key and its fingerprint as ssh-keygen -l -E md5 prints it.
const known = {
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f operator@home",
  fingerprint: "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba",
};

describe("ssh keys", () => {
  let cloud: TestCloud;
  beforeEach(async () => (cloud = await new TestCloud().start()));
  afterEach(() => cloud.remove());

  it("are created, shown by number and fingerprint, renamed and deleted", async () => {
    const { status, body } = await cloud.post("account/keys", { name: "me", public_key: known.publicKey });
    expect(status).to.equal(201);
    expect(body).to.deep.equal({
      ssh_key: { id: 1, name: "me", fingerprint: known.fingerprint, public_key: known.publicKey },
    });
    expect((await cloud.get("account/keys/1")).body).to.deep.equal(body);
    expect((await cloud.get(`account/keys/${known.fingerprint}`)).body).to.deep.equal(body);
    expect((await cloud.put("account/keys/1", { name: "you" })).body.ssh_key.name).to.equal("you");
    expect((await cloud.delete("account/keys/1")).status).to.equal(204);
    expect((await cloud.get("account/keys")).body.ssh_keys).to.deep.equal([]);
  });

  it("never get a number again", async () => {
    const create = async () =>
      (await cloud.post("account/keys", { name: "me", public_key: sshKeys().public })).body.ssh_key.id as number;
    expect(await create()).to.equal(1);
    await cloud.delete("account/keys/1");
    expect(await create()).to.equal(2);
  });

  it("refuse what is no public key", async () => {
    const { private: secret } = sshKeys();
    for (const publicKey of ["", "ssh-ed25519", "ssh-ed25519 AAAA me", secret]) {
      const { status, body } = await cloud.post("account/keys", { name: "me", public_key: publicKey });
      expect(status).to.equal(422);
      expect(body.message).to.include("public_key: Key invalid").and.not.include("PRIVATE");
    }
  });

  it("refuse a key that is there already", async () => {
    await cloud.post("account/keys", { name: "me", public_key: known.publicKey });
    const again = await cloud.post("account/keys", { name: "again", public_key: known.publicKey });
    expect([again.status, again.body.message]).to.deep.equal([422, "SSH Key is already in use on your account"]);
  });
});
