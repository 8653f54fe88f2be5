import { Name } from "@peculiar/x509";
import type { Unwrap } from "@pulumi/pulumi";
import type { SelfSignedCertArgs, SelfSignedCertState } from "@pulumi/tls";
import type { Resource } from "../frame/resource";
import { certificateInputs, issue, renewalDue } from "./certificate";
import { signingKey } from "./keys";
import { alternativeNames, checkAddresses, distinguishedName } from "./names";
import { checkUses } from "./uses";
import { privateKeyInputs, privateKeyOf } from "./writeOnly";

type State = Unwrap<SelfSignedCertState>;

export const selfSignedCert: Resource<Unwrap<SelfSignedCertArgs>, State> = {
  type: "tls:index/selfSignedCert:SelfSignedCert",
  inputs: {
    ...certificateInputs,
    ...privateKeyInputs,
    dnsNames: { replace: true },
    ipAddresses: { replace: true },
    setAuthorityKeyId: { default: false, replace: true },
    subject: { replace: true },
    uris: { replace: true },
  },
  outputs: ["certPem", "keyAlgorithm", "readyForRenewal", "validityEndTime", "validityStartTime"],
  secrets: ["privateKeyPem"],
  check: ({ allowedUses, ipAddresses }) => [...checkUses(allowedUses), ...checkAddresses(ipAddresses)],
  replaces: (state) => (renewalDue(state) ? ["readyForRenewal"] : []),

  async create(inputs) {
    const key = await signingKey(privateKeyOf(inputs));
    const name = distinguishedName(inputs.subject);
    if (inputs.isCaCertificate && name.length === 0) throw new Error("a CA certificate needs a subject");
    const subject = new Name(name);
    const { id, ...issued } = await issue(inputs, {
      subject,
      publicKey: key.publicKey,
      issuer: subject,
      signer: key,
      alternativeNames: alternativeNames(inputs, name.length === 0),
    });
    return { id, state: { ...inputs, privateKeyPemWo: undefined, ...issued, keyAlgorithm: key.algorithm } };
  },

  read: (_id, state) => Promise.resolve(renewalDue(state) ? { ...state, readyForRenewal: true } : state),
};
