import { createPrivateKey, createPublicKey, webcrypto, type KeyObject } from "node:crypto";

/** A private key, read from PEM in any of the forms that the plugins write. */
export interface SigningKey {
  algorithm: "RSA" | "ECDSA" | "ED25519";
  privateKey: webcrypto.CryptoKey;
  publicKey: webcrypto.CryptoKey;
  /** How this key signs certificates. */
  signing: webcrypto.AlgorithmIdentifier & { hash?: string };
}

const curves: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

/** @throws when the text holds no private key, or one that can't sign certificates here. */
export async function signingKey(pem: string): Promise<SigningKey> {
  const key = readPem(pem);
  switch (key.asymmetricKeyType) {
    case "rsa":
      return imported(key, "RSA", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" });
    case "ec": {
      const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
      if (!curve)
        throw new Error(`ECDSA keys on curve ${key.asymmetricKeyDetails?.namedCurve} can't sign certificates`);
      return imported(key, "ECDSA", { name: "ECDSA", ...curve });
    }
    case "ed25519":
      return imported(key, "ED25519", { name: "Ed25519" });
    default:
      throw new Error(`private keys of type ${key.asymmetricKeyType} are not supported: use RSA, ECDSA or ED25519`);
  }
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The library's own message may quote its input.
    throw new Error("not a private key in PEM form");
  }
}

async function imported(
  key: KeyObject,
  algorithm: SigningKey["algorithm"],
  parameters: (webcrypto.EcKeyImportParams & { hash?: string }) | { name: string; hash?: string },
): Promise<SigningKey> {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    algorithm,
    privateKey: await subtle.importKey("pkcs8", pkcs8, parameters, true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, parameters, true, ["verify"]),
    signing: parameters,
  };
}
