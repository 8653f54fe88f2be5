import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import * as sshpk from "sshpk";
import type { Unwrap } from "@pulumi/pulumi";
import type { PrivateKeyArgs, PrivateKeyState } from "@pulumi/tls";
import type { Resource } from "../frame/resource";

type Inputs = Unwrap<PrivateKeyArgs>;
type State = Unwrap<PrivateKeyState>;

const namedCurves: Record<string, string> = { P224: "secp224r1", P256: "P-256", P384: "P-384", P521: "P-521" };
const algorithms = ["RSA", "ECDSA", "ED25519"];

export const privateKey: Resource<Inputs, State> = {
  type: "tls:index/privateKey:PrivateKey",
  inputs: {
    algorithm: { required: true, replace: true },
    ecdsaCurve: { default: "P224", replace: true },
    rsaBits: { default: 2048, replace: true },
  },
  outputs: [
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
  ],
  secrets: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  meta: { schema_version: "1" },

  check: ({ algorithm, ecdsaCurve }) => [
    ...(algorithm !== undefined && !algorithms.includes(algorithm)
      ? [`algorithm must be one of ${algorithms.join(", ")}, got: ${algorithm}`]
      : []),
    ...(ecdsaCurve !== undefined && !(ecdsaCurve in namedCurves)
      ? [`ecdsaCurve must be one of ${Object.keys(namedCurves).join(", ")}, got: ${ecdsaCurve}`]
      : []),
  ],

  create(inputs) {
    const { privateKey, publicKey } = generate(inputs);
    const spki = publicKey.export({ format: "der", type: "spki" });
    const state = {
      ...inputs,
      privateKeyPem: privateKey.export({ format: "pem", type: traditionalForm(inputs.algorithm) }).toString(),
      privateKeyPemPkcs8: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      publicKeyPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
      ...openSsh(privateKey),
    };
    return Promise.resolve({ id: createHash("sha1").update(spki).digest("hex"), state });
  },
};

function generate(inputs: Inputs): { privateKey: KeyObject; publicKey: KeyObject } {
  if (inputs.algorithm === "RSA") return generateKeyPairSync("rsa", { modulusLength: inputs.rsaBits ?? 2048 });
  if (inputs.algorithm === "ED25519") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("ec", { namedCurve: namedCurves[inputs.ecdsaCurve ?? "P224"] as string });
}

function traditionalForm(algorithm: string): "pkcs1" | "sec1" | "pkcs8" {
  if (algorithm === "RSA") return "pkcs1";
  return algorithm === "ECDSA" ? "sec1" : "pkcs8";
}

/** OpenSSH knows no curve P224: its forms stay empty then, as in the official plugin. */
function openSsh(key: KeyObject) {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") {
    return { privateKeyOpenssh: "", publicKeyOpenssh: "", publicKeyFingerprintMd5: "", publicKeyFingerprintSha256: "" };
  }
  const parsed = sshpk.parsePrivateKey(key.export({ format: "pem", type: "pkcs8" }).toString(), "pem");
  parsed.comment = "";
  const publicKey = parsed.toPublic();
  const blob = publicKey.toBuffer("rfc4253");
  const md5 = createHash("md5").update(blob).digest("hex").match(/../g) ?? [];
  const sshType = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
  return {
    privateKeyOpenssh: parsed.toBuffer("openssh", {}).toString(),
    publicKeyOpenssh: `${sshType} ${blob.toString("base64")}\n`,
    publicKeyFingerprintMd5: md5.join(":"),
    publicKeyFingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}
