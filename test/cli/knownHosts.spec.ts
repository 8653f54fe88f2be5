import { expect } from "chai";
import { hostKeyAlgorithms, hostKeys } from "../../cli/knownHosts";

describe("known hosts", () => {
  const text = [
    "203.0.113.10 ssh-ed25519 AAAA1",
    "203.0.113.10 ssh-rsa AAAA2",
    "# a comment",
    "203.0.113.1 ssh-ed25519 AAAA3",
    "[203.0.113.10]:2222 ssh-ed25519 AAAA4",
    "ash,203.0.113.11 ecdsa-sha2-nistp256 AAAA5",
    "203.0.113.12",
    "",
  ].join("\n");

  const cases: { name: string; host: string; port?: number; keys: string[] }[] = [
    { name: "all keys of a host", host: "203.0.113.10", keys: ["AAAA1", "AAAA2"] },
    { name: "not those of a host whose address is longer", host: "203.0.113.1", keys: ["AAAA3"] },
    { name: "the keys of another port apart", host: "203.0.113.10", port: 2222, keys: ["AAAA4"] },
    { name: "a host among several names", host: "203.0.113.11", keys: ["AAAA5"] },
    { name: "nothing in a line that is cut short", host: "203.0.113.12", keys: [] },
    { name: "nothing for a stranger", host: "203.0.113.99", keys: [] },
  ];
  for (const { name, host, port, keys } of cases) {
    it(`finds ${name}`, () => expect(hostKeys(text, host, port).map(({ key }) => key)).to.deep.equal(keys));
  }

  it("asks for an RSA key by the signatures of today", () => {
    const algorithms = hostKeyAlgorithms(hostKeys(text, "203.0.113.10"));
    expect(algorithms).to.deep.equal(["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"]);
  });
});
