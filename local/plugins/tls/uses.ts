import { KeyUsageFlags } from "@peculiar/x509";

const keyUsages: Record<string, KeyUsageFlags> = {
  digital_signature: KeyUsageFlags.digitalSignature,
  content_commitment: KeyUsageFlags.nonRepudiation,
  key_encipherment: KeyUsageFlags.keyEncipherment,
  data_encipherment: KeyUsageFlags.dataEncipherment,
  key_agreement: KeyUsageFlags.keyAgreement,
  cert_signing: KeyUsageFlags.keyCertSign,
  crl_signing: KeyUsageFlags.cRLSign,
  encipher_only: KeyUsageFlags.encipherOnly,
  decipher_only: KeyUsageFlags.decipherOnly,
};

const extendedKeyUsages: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** The flags of the key usage extension; 0 for none. */
export function keyUsageFlags(allowed: string[]): KeyUsageFlags {
  return allowed.reduce<number>((flags, use) => flags | (keyUsages[use] ?? 0), 0);
}

/** The object identifiers of the extended key usage extension. */
export function extendedKeyUsageIds(allowed: string[]): string[] {
  return allowed.map((use) => extendedKeyUsages[use]).filter((id) => id !== undefined);
}

export function checkUses(allowed: string[] | undefined): string[] {
  const known = [...Object.keys(keyUsages), ...Object.keys(extendedKeyUsages)].sort();
  return (allowed ?? [])
    .filter((use) => !known.includes(use))
    .map((use) => `allowedUses must be among ${known.join(", ")}, got: ${use}`);
}
