import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const day = 86_400_000;
/** Half a day beyond, so that a count of whole days does not hang on the second. */
const inDays = (days: number) => new Date(Date.now() + (days + 0.5) * day);

export interface Wish {
  hosts: string[];
  /** When it begins and ends, in days from now. */
  from?: number;
  until?: number;
  /** The directory that it came from; a private one has none. */
  directory?: string;
}

/** An issuer that puts pairs into folders, as a node keeps them. */
export interface Issuer {
  pair(folder: string, wish: Wish): Promise<void>;
}

export async function issuer(): Promise<Issuer> {
  const keys = await newKeys();
  const name = "CN=an intermediate";
  const own = await X509CertificateGenerator.create({
    ...{ subject: name, issuer: "CN=a root", publicKey: keys.publicKey, signingKey: (await newKeys()).privateKey },
    ...{ signingAlgorithm: algorithm, notBefore: inDays(-1000), notAfter: inDays(1000) },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    async pair(folder, { hosts, from = -10, until = from + 90, directory }) {
      const pairKeys = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        ...{ issuer: name, publicKey: pairKeys.publicKey, signingKey: keys.privateKey, signingAlgorithm: algorithm },
        ...{ notBefore: inDays(from), notAfter: inDays(until) },
        extensions: [
          new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
          new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns", value }))),
        ],
      });
      const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", pairKeys.privateKey), "PRIVATE KEY");
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "site.crt"), `${certificate.toString("pem")}\n${own.toString("pem")}\n`);
      writeFileSync(path.join(folder, "site.key"), `${key}\n`, { mode: 0o600 });
      if (directory !== undefined) writeFileSync(path.join(folder, "directory"), `${directory}\n`);
    },
  };
}
