import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { execa } from "execa";
import { ensureEngine, installPlugins } from "../../../local/engine";
import { projectRoot } from "../../../local/paths";
import { TestCloud, token } from "../../local/api/testCloud";
import { SshServer } from "../../local/plugins/support/sshServer";

interface Step {
  op: string;
  urn: string;
}

describe("the engine with the stand-in plugins", () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "trivet-plugins-"));
  const program = path.join(home, "program");
  const server = new SshServer();
  const cloud = new TestCloud();
  let environment: Record<string, string> = {};

  async function pulumi(...options: string[]): Promise<string> {
    return fed("", ...options);
  }

  async function fed(input: string, ...options: string[]): Promise<string> {
    const { stdout } = await execa("pulumi", [...options, "--non-interactive", "--color=never"], {
      cwd: program,
      env: { ...environment, PATH: `${environment.binDir}:${process.env.PATH}` },
      timeout: 120_000,
      input,
    });
    return stdout;
  }

  /** What `pulumi preview` would do, but for what stays. */
  async function planned(): Promise<string[]> {
    const { steps } = JSON.parse(await pulumi("preview", "--json")) as { steps: Step[] };
    return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
  }

  async function outputs(): Promise<Record<string, string>> {
    return JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")) as Record<string, string>;
  }

  before(async function () {
    this.timeout(20 * 60_000);
    const { binDir } = await ensureEngine(console.log);
    const plugins = await installPlugins(path.join(home, "pulumi"));
    expect(plugins.map(({ name }) => name)).to.have.members(["command", "digitalocean", "random", "tls"]);
    const sshPort = await server.start();
    await cloud.start();
    fs.mkdirSync(path.join(home, "backend"));
    fs.writeFileSync(path.join(home, "passphrase"), "test\n");
    fs.cpSync(path.join(__dirname, "programs", "everything"), program, { recursive: true });
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(program, "node_modules"));
    environment = {
      binDir,
      PULUMI_HOME: path.join(home, "pulumi"),
      PULUMI_BACKEND_URL: `file://${path.join(home, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: path.join(home, "passphrase"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      DIGITALOCEAN_API_URL: cloud.url,
      DIGITALOCEAN_TOKEN: token,
    };
    await pulumi("stack", "init", "test");
    await pulumi("config", "set", "sshPort", String(sshPort));
    await pulumi("config", "set", "sshHostKey", server.hostKey.publicKey);
    await fed(server.userKey.privateKey, "config", "set", "--secret", "--raw", "sshPrivateKey");
  });

  after(async () => {
    await cloud.remove();
    await server.stop();
    fs.rmSync(home, { recursive: true });
  });

  it("makes one of everything", async () => {
    await pulumi("up", "--yes", "--skip-preview");
    const made = await outputs();
    const certificate = new X509Certificate(made.certPem as string);
    expect(certificate.verify(new X509Certificate(made.caPem as string).publicKey)).to.equal(true);
    expect(made.hex).to.equal(made.idHex);
    expect(made.password).to.match(/^[A-Za-z0-9]{24}$/);
  });

  it("finds nothing to do the second time, and connects to nobody for it", async () => {
    const connections = server.made;
    expect(await planned()).to.deep.equal([]);
    expect(await pulumi("up", "--yes", "--skip-preview"))
      .to.match(/\d+ unchanged/)
      .and.not.match(/[+~-] \d+ /);
    expect(server.made).to.equal(connections);
  });

  it("finds nothing to do after a refresh", async () => {
    // The first one sees what later resources did to earlier ones, such as how many droplets a tag has.
    await pulumi("refresh", "--yes", "--skip-preview");
    expect(await planned()).to.deep.equal([]);
    expect(await pulumi("refresh", "--yes", "--skip-preview"))
      .to.match(/\d+ unchanged/)
      .and.not.match(/[+~-] \d+ /);
    expect(await planned()).to.deep.equal([]);
  });

  it("keeps every secret encrypted in the state", async () => {
    const state = fs.readFileSync(path.join(home, "backend", ".pulumi", "stacks", "everything", "test.json"), "utf8");
    expect(state).to.contain("ciphertext");
    expect(state).not.to.contain("PRIVATE KEY");
    expect(state).not.to.contain("cloud-config");
    expect(state).not.to.contain((await outputs()).password);
  });

  it("changes in place what can be, and shows nothing else in the preview", async () => {
    await pulumi("config", "set", "dropletName", "everything-b");
    const certificateAndRequest = ["replace node", "replace node"];
    expect((await planned()).sort()).to.deep.equal([...certificateAndRequest, "update droplet", "update remote"]);
    await pulumi("config", "set", "dropletName", "everything-a");
    expect(await planned()).to.deep.equal([]);
  });

  it("makes a droplet again that was deleted behind its back", async () => {
    const answer = await cloud.call("GET", "droplets");
    const dropletId = String((answer.body as { droplets: { id: number }[] }).droplets[0]?.id);
    expect((await cloud.call("DELETE", `droplets/${dropletId}`)).status).to.equal(204);
    await pulumi("refresh", "--yes", "--skip-preview");
    expect(await planned()).to.include("create droplet");
    await pulumi("up", "--yes", "--skip-preview");
    expect(await planned()).to.deep.equal([]);
  });

  it("takes everything down again", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    for (const kind of ["droplets", "load_balancers", "firewalls", "domains", "reserved_ips", "tags"]) {
      const answer = await cloud.call("GET", kind);
      expect((answer.body as Record<string, unknown[]>)[kind], kind).to.deep.equal([]);
    }
  });
});
