import { expect } from "chai";
import { digest } from "../../components/secrets";
import { runProgram, runShape, type Run } from "../support/program";
import { scriptFiles } from "../support/scriptFiles";

const names = ["ash", "birch", "cedar"];

describe("the sites' certificate", function () {
  this.timeout(60_000);

  it("is for every host name of the stack", async () => {
    const run = await runProgram("local", { "trivet:sites": '{"shop":"shop.trivet.test"}' });
    const { inputs } = run.named("trivet-local-site", "tls:index/certRequest:CertRequest");
    expect(inputs.dnsNames).to.deep.equal(["app.trivet.test", "shop.trivet.test"]);
    expect(inputs.subject).to.include({ commonName: "app.trivet.test" });
  });
});

describe("the application's certificate", function () {
  this.timeout(60_000);
  let run: Run;
  before(async () => {
    run = await runProgram("local");
  });
  const certificate = "tls:index/locallySignedCert:LocallySignedCert";
  const request = "tls:index/certRequest:CertRequest";
  const subjectOf = () => run.named("trivet-local-app", request).inputs.subject as { commonName: string };

  it("makes a client and never a server", () => {
    expect(run.named("trivet-local-app", certificate).inputs.allowedUses).to.deep.equal([
      "digital_signature",
      "client_auth",
    ]);
    expect(run.named("trivet-local-app", request).inputs).not.to.have.any.keys("dnsNames", "ipAddresses");
  });

  it("is signed and renewed as a node's is", () => {
    const [own, node] = ["trivet-local-app", "ash-node"].map((name) => run.named(name, certificate).inputs);
    for (const input of ["caCertPem", "caPrivateKeyPem", "validityPeriodHours", "earlyRenewalHours"])
      expect(own![input], input).to.deep.equal(node![input]);
  });

  it("has a name that no node can have, so that no agent takes it for one", async () => {
    const { commonName } = subjectOf();
    expect(names).not.to.include(commonName);
    const attempt = await runShape({ nodes: [{ name: commonName }], nominated: commonName }).then(
      () => "It is a node's name.",
      (error: Error) => error.message,
    );
    expect(attempt).to.include(`the node name "${commonName}" is not usable`);
  });

  it("is what the workers are restarted for when it, or its authority, changes", async () => {
    const scriptOf = (role: string) => String(run.named(`ash-${role}`).inputs.stdin);
    const contents = [
      "certificate trivet-local\n",
      "certificate trivet-local-app\n",
      "TOP-SECRET-private-key-pem-trivet-local-app",
      scriptFiles(scriptOf("secrets"))["/etc/trivet/app.env"]!.content,
    ];
    const wanted = await new Promise((done) => digest("TOP-SECRET-password-digest-key", contents).apply(done));
    expect(scriptOf("app")).to.include(`\nreadonly SECRETS='${String(wanted)}'\n`);
  });
});
