import { randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type Name,
  type PublicKey,
} from "@peculiar/x509";
import type { webcrypto } from "node:crypto";
import type { Property } from "../frame/resource";
import type { SigningKey } from "./keys";
import { extendedKeyUsageIds, keyUsageFlags } from "./uses";

const replace = true;

/** What both kinds of certificates are asked for. */
export const certificateInputs = {
  allowedUses: { required: true, replace },
  earlyRenewalHours: { default: 0 },
  isCaCertificate: { default: false, replace },
  maxPathLength: { replace },
  setSubjectKeyId: { default: false, replace },
  validityPeriodHours: { required: true, replace },
} satisfies Record<string, Property>;

interface Wish {
  allowedUses: string[];
  isCaCertificate?: boolean;
  maxPathLength?: number;
  setSubjectKeyId?: boolean;
  setAuthorityKeyId?: boolean;
  validityPeriodHours: number;
}

interface Parties {
  subject: Name;
  publicKey: PublicKey | webcrypto.CryptoKey;
  issuer: Name;
  signer: SigningKey;
  /** The issuer's subject key identifier, in hexadecimal, if it has one. */
  issuerKeyId?: string;
  alternativeNames: Extension[];
}

/** Issues a certificate; the id is its serial number in decimal. */
export async function issue(wish: Wish, parties: Parties) {
  const from = new Date(Math.floor(Date.now() / 1000) * 1000);
  const until = new Date(from.getTime() + wish.validityPeriodHours * 3600_000);
  const serial = randomBytes(16);
  // Positive, and of the same length always.
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  const serialNumber = serial.toString("hex");

  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    notBefore: from,
    notAfter: until,
    subject: parties.subject,
    issuer: parties.issuer,
    publicKey: parties.publicKey,
    signingKey: parties.signer.privateKey,
    signingAlgorithm: parties.signer.signing,
    extensions: await extensions(wish, parties),
  });
  return {
    id: BigInt(`0x${serialNumber}`).toString(),
    certPem: `${certificate.toString("pem").trim()}\n`,
    readyForRenewal: false,
    validityStartTime: rfc3339(from),
    validityEndTime: rfc3339(until),
  };
}

async function extensions(wish: Wish, parties: Parties): Promise<Extension[]> {
  const ca = wish.isCaCertificate ?? false;
  const flags = keyUsageFlags(wish.allowedUses);
  const extended = extendedKeyUsageIds(wish.allowedUses);
  const made: Extension[] = [];
  if (flags) made.push(new KeyUsagesExtension(flags, true));
  if (extended.length > 0) made.push(new ExtendedKeyUsageExtension(extended));
  made.push(new BasicConstraintsExtension(ca, ca ? nonNegative(wish.maxPathLength) : undefined, true));

  let issuerKeyId = parties.issuerKeyId;
  if (ca || wish.setSubjectKeyId) {
    const keyId = await SubjectKeyIdentifierExtension.create(parties.publicKey);
    made.push(keyId);
    if (wish.setAuthorityKeyId) issuerKeyId ??= keyId.keyId;
  }
  if (issuerKeyId) made.push(new AuthorityKeyIdentifierExtension(issuerKeyId));
  else if (wish.setAuthorityKeyId)
    throw new Error("setAuthorityKeyId needs setSubjectKeyId or isCaCertificate as well");
  return [...made, ...parties.alternativeNames];
}

function nonNegative(length: number | undefined): number | undefined {
  return length !== undefined && length >= 0 ? length : undefined;
}

function rfc3339(time: Date): string {
  return time.toISOString().replace(".000Z", "Z");
}

interface Term {
  validityEndTime?: string;
  earlyRenewalHours?: number;
}

/** Whether the certificate has expired, or will so soon that it is to be replaced now. */
export function renewalDue({ validityEndTime, earlyRenewalHours = 0 }: Term): boolean {
  if (!validityEndTime) return false;
  return Date.parse(validityEndTime) - earlyRenewalHours * 3600_000 <= Date.now();
}
