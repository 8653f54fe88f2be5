import { expect } from "chai";
import { digest } from "../../../components/secrets";
import type { NodeShape } from "../../../stacks/shape";
import { runProgram, runShape, type Run } from "../../support/program";

const names = ["ash", "birch", "cedar"];

describe("the role mtls", function () {
  this.timeout(60_000);
  let run: Run;
  before(async () => {
    run = await runProgram("local");
  });
  const scriptOf = (node: string) => String(run.named(`${node}-mtls`).inputs.stdin);

  it("has redis and sentinel refuse a client that shows no certificate", () => {
    const file = /^file (\S+) (\S+) \/etc\/trivet\/redis\/clients.conf <<'END-OF-FILE'\n([^]*?)^END-OF-FILE$/m;
    for (const node of names) {
      const [, mode, owner, text] = file.exec(scriptOf(node))!;
      expect(text!.split("\n").filter((line) => line && !line.startsWith("#"))).to.deep.equal(["tls-auth-clients yes"]);
      // redis and sentinel read it as they start, as the user redis.
      expect([mode, owner]).to.deep.equal(["0644", "root:root"]);
    }
  });

  it("does not interrupt redis for it", () => {
    const script = scriptOf("ash");
    expect(script).to.match(/^running trivet-redis.service reload /m);
    expect(script).to.match(/^running trivet-sentinel.service restart /m);
  });

  it("asks for what every worker of every node has already", () => {
    for (const node of names)
      for (const other of names) {
        expect(run.follows(`${node}-mtls`, `${other}-app`), `${node} after the workers of ${other}`).to.equal(true);
        expect(run.follows(`${node}-mtls`, `${other}-sentinel`)).to.equal(true);
      }
  });

  it("restarts one sentinel after the other", () => {
    expect(run.follows("birch-mtls", "ash-mtls")).to.equal(true);
    expect(run.follows("cedar-mtls", "birch-mtls")).to.equal(true);
  });

  it("is for data nodes, and waits for the workers of the others too", async () => {
    const nodes: NodeShape[] = [...names.map((name) => ({ name })), { name: "elm", data: false }];
    const four = await runShape({ nodes, nominated: "ash" });
    expect(four.resources.filter(({ type }) => type === "trivet:role:mtls")).to.have.length(3);
    expect(four.follows("ash-mtls", "elm-app")).to.equal(true);
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
    const environment = /^file \S+ \S+ \/etc\/trivet\/app.env <<'END-OF-FILE'\n([^]*?)^END-OF-FILE$/m;
    const contents = [
      "certificate trivet-local\n",
      "certificate trivet-local-app\n",
      "TOP-SECRET-private-key-pem-trivet-local-app",
      environment.exec(scriptOf("secrets"))![1]!,
    ];
    const wanted = await new Promise((done) => digest("TOP-SECRET-password-digest-key", contents).apply(done));
    expect(scriptOf("app")).to.include(`\nreadonly SECRETS='${String(wanted)}'\n`);
  });
});
