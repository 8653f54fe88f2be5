import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequest,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from "@peculiar/x509";
import type { Unwrap } from "@pulumi/pulumi";
import type { LocallySignedCertArgs, LocallySignedCertState } from "@pulumi/tls";
import type { Resource } from "../frame/resource";
import { certificateInputs, issue, renewalDue } from "./certificate";
import { signingKey } from "./keys";
import { checkUses } from "./uses";

const subjectAlternativeName = "2.5.29.17";

type State = Unwrap<LocallySignedCertState>;

export const locallySignedCert: Resource<Unwrap<LocallySignedCertArgs>, State> = {
  type: "tls:index/locallySignedCert:LocallySignedCert",
  inputs: {
    ...certificateInputs,
    caCertPem: { required: true, replace: true },
    caPrivateKeyPem: { replace: true },
    caPrivateKeyPemWo: { toState: () => null },
    caPrivateKeyPemWoVersion: { replace: true },
    certRequestPem: { required: true, replace: true },
  },
  outputs: ["caKeyAlgorithm", "certPem", "readyForRenewal", "validityEndTime", "validityStartTime"],
  secrets: ["caPrivateKeyPem"],
  check: ({ allowedUses }) => checkUses(allowedUses),
  replaces: (state) => (renewalDue(state) ? ["readyForRenewal"] : []),

  async create(inputs, call) {
    const caKeyPem = inputs.caPrivateKeyPem ?? inputs.caPrivateKeyPemWo;
    if (caKeyPem === undefined) throw new Error("caPrivateKeyPem or caPrivateKeyPemWo is needed");
    const signer = await signingKey(caKeyPem);
    const ca = new X509Certificate(inputs.caCertPem);
    if (!ca.getExtension(BasicConstraintsExtension)?.ca) {
      call.log("the certificate in caCertPem is not a certificate authority's: nobody will trust this one", "warning");
    }
    const request = new Pkcs10CertificateRequest(inputs.certRequestPem);
    const names = request.getExtension(subjectAlternativeName);
    const { id, ...issued } = await issue(inputs, {
      subject: request.subjectName,
      publicKey: request.publicKey,
      issuer: ca.subjectName,
      signer,
      issuerKeyId: ca.getExtension(SubjectKeyIdentifierExtension)?.keyId,
      alternativeNames: names ? [names] : [],
    });
    return { id, state: { ...inputs, caPrivateKeyPemWo: undefined, ...issued, caKeyAlgorithm: signer.algorithm } };
  },

  read: (_id, state) => Promise.resolve(renewalDue(state) ? { ...state, readyForRenewal: true } : state),
};
