import { compareSync } from "bcryptjs";
import { expect } from "chai";
import { bytes } from "../../../local/plugins/random/bytes";
import { checkCharacters, draw } from "../../../local/plugins/random/characters";
import { id } from "../../../local/plugins/random/id";
import { password } from "../../../local/plugins/random/password";
import { uuid } from "../../../local/plugins/random/uuid";
import { difference } from "../../../local/plugins/frame/diff";
import { plain } from "../../../local/plugins/frame/values";
import { call } from "./support/call";

describe("the stand-in for random", () => {
  it("draws the length and at least the minimum of each class, from nothing else", () => {
    for (let run = 0; run < 200; run++) {
      const drawn = draw({ length: 12, minUpper: 2, minLower: 2, minNumeric: 3, minSpecial: 1, overrideSpecial: "_" });
      expect(drawn).to.match(/^[A-Za-z0-9_]{12}$/);
      expect(drawn.match(/[A-Z]/g)?.length).to.be.at.least(2);
      expect(drawn.match(/[a-z]/g)?.length).to.be.at.least(2);
      expect(drawn.match(/\d/g)?.length).to.be.at.least(3);
      expect(drawn.match(/_/g)?.length).to.be.at.least(1);
    }
  });

  it("leaves out the classes that are switched off", () => {
    expect(draw({ length: 300, special: false, upper: false, numeric: false })).to.match(/^[a-z]{300}$/);
    expect(draw({ length: 300, special: false, number: false })).to.match(/^[a-zA-Z]{300}$/);
  });

  it("puts the drawn minimum anywhere, not always first", () => {
    const first = new Set(Array.from({ length: 200 }, () => draw({ length: 4, minNumeric: 1 }).search(/\d/)));
    expect(first.size).to.be.above(2);
  });

  it("refuses a length below the minimums, and no class at all", () => {
    expect(checkCharacters({ length: 3, minUpper: 2, minNumeric: 2 })).to.deep.equal([
      "length must be at least 4 (the sum of all minimums), got: 3",
    ]);
    expect(checkCharacters({ length: 3, upper: false, lower: false, numeric: false, special: false })).to.deep.equal([
      "at least one of upper, lower, numeric and special must be true",
    ]);
  });

  it("makes a password with its hash and the official state", async () => {
    const inputs = {
      length: 20,
      special: true,
      upper: true,
      lower: true,
      minLower: 0,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
    };
    const made = await password.create(inputs, call());
    expect(made.id).to.equal("none");
    expect(made.state.result).to.have.length(20);
    expect(compareSync(made.state.result ?? "", made.state.bcryptHash ?? "")).to.equal(true);
    expect(made.state).to.include({ number: true, numeric: true });
    expect(password.secrets).to.have.members(["result", "bcryptHash"]);
    // A second run finds nothing to do.
    expect(difference(password.inputs, plain(made.state), plain(inputs), plain(inputs))).to.deep.equal([]);
    // Any change draws a new one.
    const [change] = difference(password.inputs, plain(made.state), plain(inputs), { ...plain(inputs), length: 21 });
    expect(change?.replace).to.equal(true);
  });

  it("writes one id in all its forms", async () => {
    const made = await id.create({ byteLength: 8, prefix: "p-" }, call());
    const raw = Buffer.from(made.id, "base64url");
    expect(raw).to.have.length(8);
    expect(made.state).to.include({
      hex: `p-${raw.toString("hex")}`,
      dec: `p-${raw.readBigUInt64BE()}`,
      b64Std: `p-${raw.toString("base64")}`,
      b64Url: `p-${made.id}`,
    });
  });

  it("makes bytes and UUIDs", async () => {
    const made = await bytes.create({ length: 32 }, call());
    expect(Buffer.from(made.state.base64 ?? "", "base64").toString("hex")).to.equal(made.state.hex);
    expect(made.state.hex).to.have.length(64);
    expect(bytes.check?.({ length: 0 })).to.deep.equal(["length must be at least 1, got: 0"]);
    expect((await uuid.create({}, call())).state.result).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
