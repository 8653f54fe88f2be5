import * as path from "node:path";
import { uplink } from "../paths";

/** Where the issuer answers: its ACME directory to the machines, its roots to this host alone. */
export const ports = { acme: 14000, management: 15000 };
export const directory = `https://${uplink.host}:${ports.acme}/dir`;

/** The issuer's own TLS: files in its folder. */
export const tlsFiles = { authority: "authority.crt", certificate: "api.crt", key: "api.key" };

/** pebble's configuration, for an issuer whose files are in this folder. */
export function pebbleConfig(folder: string) {
  return {
    pebble: {
      listenAddress: `${uplink.host}:${ports.acme}`,
      managementListenAddress: `127.0.0.1:${ports.management}`,
      certificate: path.join(folder, tlsFiles.certificate),
      privateKey: path.join(folder, tlsFiles.key),
      // As in the world outside: the validation goes to the name's own port 80.
      httpPort: 80,
      tlsPort: 443,
      ocspResponderURL: "",
      externalAccountBindingRequired: false,
      retryAfter: { authz: 1, order: 1 },
      keyAlgorithm: "ecdsa",
      profiles: { default: { description: "90 days, as Let's Encrypt's", validityPeriod: 90 * 86_400 } },
    },
  };
}

/** No pauses before it validates; else as strict as it can be: it refuses good nonces now and then and reuses no validation. */
export const pebbleEnvironment = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "5", PEBBLE_AUTHZREUSE: "0" };
