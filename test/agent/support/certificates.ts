import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Credentials } from "../../../agent/wire/server";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const lifetime = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 3600_000) };
const [server, client] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** Signs what nodes show each other, as the stack's authority does. */
export interface Authority {
  /** For the node of this name at this address. */
  sign(name: string, ip: string): Promise<Credentials>;
  /** For the application: a client without an address. */
  signApplication(): Promise<Credentials>;
}

export async function authority(name = "trivet authority"): Promise<Authority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm, ...lifetime },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  async function issue(commonName: string, extensions: Extension[]): Promise<Credentials> {
    const own = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ subject: `CN=${commonName}, O=Trivet`, issuer: root.subject, publicKey: own.publicKey, ...lifetime },
      ...{ signingKey: keys.privateKey, signingAlgorithm: algorithm, extensions },
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", own.privateKey);
    return {
      ca: root.toString("pem"),
      cert: certificate.toString("pem"),
      key: PemConverter.encode(key, "PRIVATE KEY"),
    };
  }
  return {
    sign: (node, ip) =>
      issue(node, [
        new ExtendedKeyUsageExtension([server, client]),
        new SubjectAlternativeNameExtension([
          { type: "ip", value: ip },
          { type: "dns", value: node },
        ]),
      ]),
    signApplication: () => issue("trivet-local application", [new ExtendedKeyUsageExtension([client])]),
  };
}
