import type { Property } from "../frame/resource";

/** A private key comes either as an input that the state keeps, or as one that is only passed through. */
export const privateKeyInputs = {
  privateKeyPem: { replace: true },
  privateKeyPemWo: { toState: () => null },
  privateKeyPemWoVersion: { replace: true },
} satisfies Record<string, Property>;

export function privateKeyOf(inputs: { privateKeyPem?: string; privateKeyPemWo?: string }): string {
  const pem = inputs.privateKeyPem ?? inputs.privateKeyPemWo;
  if (pem === undefined) throw new Error("privateKeyPem or privateKeyPemWo is needed");
  return pem;
}
