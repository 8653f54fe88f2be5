import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { plugin } from "../../../local/plugins/tls";
import { certRequest } from "../../../local/plugins/tls/certRequest";
import { locallySignedCert } from "../../../local/plugins/tls/locallySignedCert";
import { privateKey } from "../../../local/plugins/tls/privateKey";
import { selfSignedCert } from "../../../local/plugins/tls/selfSignedCert";
import { call } from "./support/call";

const caUses = ["cert_signing", "crl_signing"];
const kinds = [
  { algorithm: "ED25519", sshType: "ssh-ed25519" },
  { algorithm: "ECDSA", ecdsaCurve: "P256", sshType: "ecdsa-sha2-nistp256" },
  { algorithm: "ECDSA", ecdsaCurve: "P384", sshType: "ecdsa-sha2-nistp384" },
  { algorithm: "RSA", rsaBits: 2048, sshType: "ssh-rsa" },
];

async function keyPem(algorithm: string, ecdsaCurve = "P256"): Promise<string> {
  return (await privateKey.create({ algorithm, ecdsaCurve }, call())).state.privateKeyPem as string;
}

async function authority(key: string, more: object = {}) {
  const inputs = { privateKeyPem: key, isCaCertificate: true, validityPeriodHours: 240, allowedUses: caUses };
  return selfSignedCert.create(
    { ...inputs, subject: { commonName: "Test CA", organization: "Trivet" }, ...more },
    call(),
  );
}

async function signed(caKey: string, caCert: string, more: object = {}) {
  const request = await certRequest.create(
    {
      privateKeyPem: await keyPem("ECDSA"),
      subject: { commonName: "node a" },
      ipAddresses: ["10.20.0.2", "fd00::2"],
      dnsNames: ["a.example.org"],
    },
    call(),
  );
  const inputs = {
    caPrivateKeyPem: caKey,
    caCertPem: caCert,
    certRequestPem: request.state.certRequestPem as string,
    validityPeriodHours: 24,
    earlyRenewalHours: 4,
    allowedUses: ["server_auth", "client_auth", "digital_signature"],
  };
  return locallySignedCert.create({ ...inputs, ...more }, call());
}

describe("the stand-in for tls", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "trivet-tls-"));
  after(() => rmSync(folder, { recursive: true }));

  it("serves four resources under the official tokens", () => {
    expect(plugin.resources.map(({ type }) => type)).to.have.members([
      "tls:index/certRequest:CertRequest",
      "tls:index/locallySignedCert:LocallySignedCert",
      "tls:index/privateKey:PrivateKey",
      "tls:index/selfSignedCert:SelfSignedCert",
    ]);
  });

  for (const { sshType, ...inputs } of kinds) {
    it(`makes ${inputs.algorithm} ${inputs.ecdsaCurve ?? ""} keys in forms that agree and that OpenSSH accepts`, async () => {
      const { id, state } = await privateKey.create(inputs, call());
      const spki = createPublicKey(state.publicKeyPem as string).export({ format: "der", type: "spki" });
      expect(id).to.equal(createHash("sha1").update(spki).digest("hex"));
      for (const pem of [state.privateKeyPem, state.privateKeyPemPkcs8] as string[]) {
        const derived = createPublicKey(createPrivateKey(pem)).export({ format: "der", type: "spki" });
        expect(derived.equals(spki)).to.equal(true);
      }
      const file = path.join(folder, `${inputs.algorithm}${inputs.ecdsaCurve ?? ""}`);
      writeFileSync(file, state.privateKeyOpenssh as string, { mode: 0o600 });
      const publicKey = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
      expect(publicKey.split(" ").slice(0, 2).join(" ").trim()).to.equal(state.publicKeyOpenssh?.trim());
      expect(state.publicKeyOpenssh).to.match(new RegExp(`^${sshType} AAAA\\S+\\n$`));
      writeFileSync(`${file}.pub`, state.publicKeyOpenssh as string);
      const fingerprint = (hash: string) =>
        execFileSync("ssh-keygen", ["-l", "-E", hash, "-f", `${file}.pub`], { encoding: "utf8" });
      expect(fingerprint("sha256")).to.contain(state.publicKeyFingerprintSha256);
      expect(fingerprint("md5")).to.contain(`MD5:${state.publicKeyFingerprintMd5}`);
    });
  }

  it("refuses kinds of keys that there are not", () => {
    expect(privateKey.check?.({ algorithm: "DSA" })).to.deep.equal([
      "algorithm must be one of RSA, ECDSA, ED25519, got: DSA",
    ]);
  });

  for (const [algorithm, curve] of [["ECDSA", "P256"], ["ECDSA", "P384"], ["ED25519"], ["RSA"]] as const) {
    it(`signs with a CA that has an ${algorithm} ${curve ?? ""} key, and openssl verifies the chain`, async () => {
      const caKey = await keyPem(algorithm, curve);
      const ca = await authority(caKey);
      const made = await signed(caKey, ca.state.certPem as string);
      const certificate = new X509Certificate(made.state.certPem as string);
      const caCertificate = new X509Certificate(ca.state.certPem as string);

      expect(caCertificate.ca).to.equal(true);
      expect(certificate.ca).to.equal(false);
      expect(certificate.checkIssued(caCertificate)).to.equal(true);
      expect(certificate.verify(caCertificate.publicKey)).to.equal(true);
      expect(certificate.subject).to.equal("CN=node a");
      expect(certificate.subjectAltName).to.contain("DNS:a.example.org").and.contain("IP Address:10.20.0.2");
      expect(certificate.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
      expect(BigInt(`0x${certificate.serialNumber}`).toString()).to.equal(made.id);
      expect(Date.parse(certificate.validTo)).to.equal(Date.parse(made.state.validityEndTime as string));
      expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).to.equal(24 * 3600_000);

      const [caFile, file] = [path.join(folder, "ca.pem"), path.join(folder, "cert.pem")];
      writeFileSync(caFile, ca.state.certPem as string);
      writeFileSync(file, made.state.certPem as string);
      const verify = [
        "verify",
        "-x509_strict",
        "-CAfile",
        caFile,
        "-verify_ip",
        "10.20.0.2",
        "-purpose",
        "sslserver",
        file,
      ];
      expect(execFileSync("openssl", verify, { encoding: "utf8" })).to.contain("OK");
    });
  }

  it("refuses a certificate of another CA", async () => {
    const made = await signed(...(await pair()));
    const other = new X509Certificate((await authority(await keyPem("ECDSA"))).state.certPem as string);
    expect(new X509Certificate(made.state.certPem as string).verify(other.publicKey)).to.equal(false);
  });

  it("replaces a certificate once its early renewal has come, and not before", async () => {
    const { state } = await signed(...(await pair()));
    expect(locallySignedCert.replaces?.(state)).to.deep.equal([]);
    const later = { ...state, validityEndTime: new Date(Date.now() + 3 * 3600_000).toISOString() };
    expect(locallySignedCert.replaces?.(later)).to.deep.equal(["readyForRenewal"]);
    expect((await locallySignedCert.read?.("1", later, call()))?.readyForRenewal).to.equal(true);
    const renewsLate = { ...later, earlyRenewalHours: 1 };
    expect(locallySignedCert.replaces?.(renewsLate)).to.deep.equal([]);
  });

  it("changes when to renew without a new certificate, and everything else with one", () => {
    expect(locallySignedCert.inputs.earlyRenewalHours.replace ?? false).to.equal(false);
    const others = Object.entries(locallySignedCert.inputs).filter(
      ([name]) => !["earlyRenewalHours", "caPrivateKeyPemWo"].includes(name),
    );
    for (const [name, property] of others) expect(property.replace, name).to.equal(true);
  });

  it("keeps no key that is only passed through", async () => {
    const request = await certRequest.create({ privateKeyPemWo: await keyPem("ECDSA") }, call());
    expect(JSON.stringify(request.state)).not.to.contain("PRIVATE KEY");
  });

  it("says what is wrong with a key without showing it", async () => {
    const broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    const fault = await authority(broken).catch(String);
    expect(fault).to.equal("Error: not a private key in PEM form");
  });

  it("refuses uses and addresses that there are not", () => {
    expect(selfSignedCert.check?.({ allowedUses: ["flying"], ipAddresses: ["10.0.0.300"] })).to.satisfy(
      (faults: string[]) =>
        faults.length === 2 && /got: flying$/.test(faults[0] ?? "") && /got: 10.0.0.300$/.test(faults[1] ?? ""),
    );
  });

  async function pair(): Promise<[string, string]> {
    const caKey = await keyPem("ECDSA");
    return [caKey, (await authority(caKey)).state.certPem as string];
  }
});
