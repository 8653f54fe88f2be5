import type { TLSSocket } from "node:tls";
import { expect } from "chai";
import { peerOf } from "../../../agent/wire/identity";
import { ash, birch, nodes } from "../support/nodes";

const socket = (subject: object | undefined, remoteAddress: string | undefined) =>
  ({ getPeerCertificate: () => (subject ? { subject } : {}), remoteAddress }) as unknown as TLSSocket;

describe("who is at the other end", () => {
  it("is the node with its certificate, at its address", () => {
    expect(peerOf(socket({ CN: "birch" }, birch.ip), nodes)).to.equal(birch);
    expect(peerOf(socket({ CN: "ash" }, "::ffff:127.0.0.1"), nodes)).to.equal(ash);
  });

  const nobody: [string, object | undefined, string | undefined, string][] = [
    [
      "a node with another's certificate",
      { CN: "birch" },
      "127.0.0.1",
      `127.0.0.1 shows the certificate of birch, whose address is ${birch.ip}.`,
    ],
    [
      "a stranger",
      { CN: "elm" },
      "127.0.0.1",
      '127.0.0.1 shows the certificate of "elm", which is no node of this stack.',
    ],
    ["one without a name", {}, "127.0.0.1", '127.0.0.1 shows the certificate of "", which is no node of this stack.'],
    ["one without a certificate", undefined, "127.0.0.1", 'of "", which is no node'],
    ["one with two names", { CN: ["ash", "birch"] }, "127.0.0.1", 'of "ash,birch", which is no node'],
    ["one that is gone already", { CN: "ash" }, undefined, "shows the certificate of ash, whose address is 127.0.0.1."],
  ];
  for (const [what, subject, address, message] of nobody)
    it(`is nobody: ${what}`, () => {
      expect(() => peerOf(socket(subject, address), nodes)).to.throw(message);
    });
});
