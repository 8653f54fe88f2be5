import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { thumbprint } from "../../components/acme";
import { isSecret, runProgram } from "../support/program";

const pem = (key: ReturnType<typeof createPublicKey>) => key.export({ format: "pem", type: "spki" }).toString();

describe("the thumbprint of an ACME account's key", () => {
  it("is the one that RFC 7638 gives for its example", () => {
    const n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    const key = createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
    expect(thumbprint(pem(key))).to.equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  it("is the one that openssl's view of an EC key gives", () => {
    const key = execFileSync("openssl", "ecparam -name prime256v1 -genkey -noout".split(" "));
    const der = execFileSync("openssl", "ec -pubout -outform DER".split(" "), {
      input: key,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const [x, y] = [der.subarray(-64, -32), der.subarray(-32)].map((half) => half.toString("base64url"));
    const wanted = createHash("sha256").update(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`).digest("base64url");
    const publicKey = execFileSync("openssl", ["ec", "-pubout"], { input: key, stdio: ["pipe", "pipe", "ignore"] });
    expect(thumbprint(publicKey.toString())).to.equal(wanted);
  });

  it("is refused for a key that no account can have", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    expect(() => thumbprint(pem(publicKey))).to.throw("An ACME account's key is EC or RSA; this one is OKP.");
  });
});

describe("the ACME account", function () {
  this.timeout(60_000);

  it("has one key on all nodes, a secret, and a thumbprint that all can read", async () => {
    const run = await runProgram("local");
    const account = run.named("trivet-local-acme", "tls:index/privateKey:PrivateKey");
    expect(account.inputs).to.deep.include({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    const thumbprints = ["ash", "birch", "cedar"].map((node) => {
      const secrets = run.named(`${node}-secrets`);
      expect(isSecret(secrets.raw.stdin)).to.equal(true);
      expect(secrets.inputs.stdin).to.match(
        /^file 0600 root:root \/etc\/trivet\/acme\/account.key <<.*\nTOP-SECRET-private-key-pem-trivet-local-acme$/m,
      );
      return /^thumbprint='([\w-]{43})'$/m.exec(String(run.named(`${node}-certificate`).raw.stdin))?.[1];
    });
    expect(thumbprints[0]).to.be.a("string");
    expect(new Set(thumbprints).size).to.equal(1);
  });
});
