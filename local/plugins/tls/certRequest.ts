import { createHash } from "node:crypto";
import { Name, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import type { Unwrap } from "@pulumi/pulumi";
import type { CertRequestArgs, CertRequestState } from "@pulumi/tls";
import type { Resource } from "../frame/resource";
import { signingKey } from "./keys";
import { alternativeNames, checkAddresses, distinguishedName } from "./names";
import { privateKeyInputs, privateKeyOf } from "./writeOnly";

export const certRequest: Resource<Unwrap<CertRequestArgs>, Unwrap<CertRequestState>> = {
  type: "tls:index/certRequest:CertRequest",
  inputs: {
    ...privateKeyInputs,
    dnsNames: { replace: true },
    ipAddresses: { replace: true },
    subject: { replace: true },
    uris: { replace: true },
  },
  outputs: ["certRequestPem", "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  check: ({ ipAddresses }) => checkAddresses(ipAddresses),

  async create(inputs) {
    const key = await signingKey(privateKeyOf(inputs));
    const name = distinguishedName(inputs.subject);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: new Name(name).toString(),
      keys: key,
      signingAlgorithm: key.signing,
      extensions: alternativeNames(inputs, name.length === 0),
    });
    return {
      id: createHash("sha1").update(Buffer.from(request.rawData)).digest("hex"),
      state: {
        ...inputs,
        privateKeyPemWo: undefined,
        keyAlgorithm: key.algorithm,
        certRequestPem: `${request.toString("pem").trim()}\n`,
      },
    };
  },
};
