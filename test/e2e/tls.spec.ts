import { expect } from "chai";
import { execa } from "execa";
import { readFileSync, writeFileSync } from "node:fs";
import { paths } from "../../local/paths";
import { eventually, fileOf, healthy, inside, npmRun, trivet } from "./cluster";
import { sharedCluster } from "./shared";
import { under } from "./traffic";

const nodes = ["ash", "birch", "cedar"];
const certificate = "/usr/local/lib/trivet/certificate";
const live = "/etc/trivet/tls/live/site.crt";

/** The sites' public certificate, by the local issuer, whose validations come through the load balancer. */
describe("the sites' certificate", function () {
  this.timeout(10 * 60_000);

  before(async () => {
    await sharedCluster();
    await healthy(120);
  });

  const serial = (node: string) => inside(node, `openssl x509 -in ${live} -noout -serial`);
  const names = (node: string) => inside(node, `openssl x509 -in ${live} -noout -ext subjectAltName`);
  /** Makes the whole order as a renewal does, and throws it away. */
  const rehearsed = async (node: string) => {
    const said = await inside(node, `${certificate} rehearse 2>&1; echo "exit code $?"`);
    const [, lines, code] = /^([^]*)exit code (\d+)$/.exec(said)!;
    return { code: Number(code), said: lines! };
  };
  const issuer = async (signal: string) =>
    execa("pkill", [`-${signal}`, "-f", `pebble .*${paths.cloud}`], { reject: false }).then(({ exitCode }) => exitCode);

  it("can be renewed from any node", async () => {
    const before = await serial("ash");
    for (const node of nodes) {
      const { code, said } = await rehearsed(node);
      expect(code, said).to.equal(0);
    }
    expect(await serial("ash"), "a rehearsal changes nothing").to.equal(before);
  });

  it("can be renewed while a node is down", async () => {
    await trivet("local", "cut", "cedar");
    try {
      await eventually(60, async () => expect((await rehearsed("birch")).code).to.equal(0));
    } finally {
      await trivet("local", "restore", "cedar");
      await healthy(120);
    }
  });

  it("stays when the issuer does not answer, and the reason is one line", async () => {
    const before = await serial("birch");
    expect(await issuer("STOP")).to.equal(0);
    try {
      const { code, said } = await rehearsed("birch");
      expect(code).to.equal(1);
      expect(said.trim().split("\n")).to.have.lengthOf(1);
      expect(said).to.include("198.18.0.1:14000");
    } finally {
      await issuer("CONT");
    }
    expect(await serial("birch")).to.equal(before);
    expect((await rehearsed("birch")).code).to.equal(0);
  });

  it("is not issued for a wrong answer, and the reason names it", async () => {
    const conf = "/etc/nginx/sites-enabled/http.conf";
    const spoil = `sed -i.right 's/return 200 "\\$1\\./return 200 "$1.wrong-/' ${conf} && nginx -s reload`;
    await Promise.all(nodes.slice(1).map((node) => inside(node, spoil)));
    try {
      await eventually(60, async () => {
        const { code, said } = await rehearsed("ash");
        expect(code, said).to.equal(1);
        expect(said).to.match(/trivet\.test.*(key authorization|incorrect|invalid|Invalid)/i);
      });
    } finally {
      await Promise.all(nodes.slice(1).map((node) => inside(node, `mv ${conf}.right ${conf} && nginx -s reload`)));
    }
  });

  // Last, since it leaves the stack with a site more.
  it("gets another name when the stack does, on all nodes, and no request fails", async () => {
    const settings = fileOf("Pulumi.local.yaml");
    const before = readFileSync(settings, "utf8");
    const site = "    www: www.trivet.test\n";
    writeFileSync(settings, before.replace(site, `${site}    news: news.trivet.test\n`));
    try {
      await under({}, async () => {
        const { exitCode, all } = await npmRun("up");
        expect(exitCode, all).to.equal(0);
      });
    } finally {
      writeFileSync(settings, before);
    }
    for (const node of nodes) expect(await names(node)).to.include("DNS:news.trivet.test");
    expect(new Set(await Promise.all(nodes.map(serial))).size).to.equal(1);
    await healthy(60);
  });
});
