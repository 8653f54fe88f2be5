import { isIP } from "node:net";
import { SubjectAlternativeNameExtension, type JsonGeneralName, type JsonName } from "@peculiar/x509";
import type { Unwrap } from "@pulumi/pulumi";
import type { types } from "@pulumi/tls";

type Subject = Unwrap<types.input.CertRequestSubject>;

/** A distinguished name, its parts in the order in which the official plugin writes them. */
export function distinguishedName(subject: Subject | undefined): JsonName {
  const parts: [string, string | string[] | undefined][] = [
    ["C", subject?.country],
    ["O", subject?.organization],
    ["OU", subject?.organizationalUnit],
    ["L", subject?.locality],
    ["ST", subject?.province],
    ["2.5.4.9", subject?.streetAddresses],
    ["2.5.4.17", subject?.postalCode],
    ["CN", subject?.commonName],
    ["2.5.4.5", subject?.serialNumber],
    ["1.2.840.113549.1.9.1", subject?.emailAddress],
  ];
  return parts.filter(([, value]) => value?.length).map(([type, value]) => ({ [type]: [value as string].flat() }));
}

export interface AlternativeNames {
  dnsNames?: string[];
  ipAddresses?: string[];
  uris?: string[];
}

export function alternativeNames(names: AlternativeNames, subjectIsEmpty: boolean): SubjectAlternativeNameExtension[] {
  const all: JsonGeneralName[] = [
    ...(names.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(names.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(names.uris ?? []).map((value) => ({ type: "url" as const, value })),
  ];
  return all.length > 0 ? [new SubjectAlternativeNameExtension(all, subjectIsEmpty)] : [];
}

export function checkAddresses(addresses: string[] | undefined): string[] {
  return (addresses ?? [])
    .filter((address) => !isIP(address))
    .map((address) => `ipAddresses must hold IP addresses, got: ${address}`);
}
