import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as path from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { readText, writeText } from "../fabric/files";
import { locked } from "../fabric/lock";
import { uplink } from "../paths";
import { tlsFiles } from "./settings";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const serverAuth = "1.3.6.1.5.5.7.3.1";
const years = 20;

/**
 * The authority that the machines trust as those outside trust the public ones (PEM). It is made with the issuer's own
 * certificate, once for each local cloud, and its key is forgotten: it signs nothing else.
 */
export async function trustedAuthority(folder: string): Promise<string> {
  const file = path.join(folder, tlsFiles.authority);
  return (await readText(file)) ?? (await locked("authority", async () => (await readText(file)) ?? make(folder)));
}

async function make(folder: string): Promise<string> {
  const term = {
    notBefore: new Date(Date.now() - 3600_000),
    notAfter: new Date(Date.now() + years * 365 * 86_400_000),
  };
  const [root, own] = [await newKeys(), await newKeys()];
  const name = "CN=authority of Trivet's local cloud";
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...{ name, keys: root, signingAlgorithm: algorithm, ...term },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    ...{ subject: "CN=issuer of Trivet's local cloud", issuer: name, publicKey: own.publicKey, ...term },
    ...{ signingKey: root.privateKey, signingAlgorithm: algorithm },
    extensions: [
      new ExtendedKeyUsageExtension([serverAuth]),
      new SubjectAlternativeNameExtension([uplink.host, "127.0.0.1"].map((value) => ({ type: "ip", value }))),
    ],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", own.privateKey), "PRIVATE KEY");
  await writeText(path.join(folder, tlsFiles.key), `${key}\n`);
  await writeText(path.join(folder, tlsFiles.certificate), `${certificate.toString("pem")}\n`);
  // Last: whoever finds it finds the others.
  const pem = `${authority.toString("pem")}\n`;
  await writeText(path.join(folder, tlsFiles.authority), pem);
  return pem;
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
