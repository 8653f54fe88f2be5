import { expect } from "chai";
import { paths } from "../../local/paths";
import { visitor, type Visitor } from "./browser";
import { eventually, healthy, inside, machine, run, stackOutputs } from "./cluster";
import { sharedCluster } from "./shared";

const nodes = ["ash", "birch", "cedar"];

/** What the application's sites are to a browser, on the cluster that is up or one that is made for it. */
describe("the sites", function () {
  this.timeout(10 * 60_000);
  let browser: Visitor;

  before(async () => {
    await sharedCluster();
    await healthy(120);
    const { domains, loadBalancerIp } = (await stackOutputs()) as { domains: string[]; loadBalancerIp: string };
    browser = await visitor(paths.caCertificate, domains, loadBalancerIp);
  });

  after(async () => browser?.close());

  /** curl's words, of one node's nginx as the load balancer asks it. */
  const asked = async (node: string, url: string, ...words: string[]) => {
    const { privateIp } = await machine(node);
    const { hostname, protocol } = new URL(url);
    const resolve = `${hostname}:${protocol === "https:" ? 443 : 80}:${privateIp}`;
    const shown = [...words, "-sS", "--haproxy-protocol", "--insecure", "--resolve", resolve, url];
    return inside(node, `curl ${shown.map((word) => `'${word}'`).join(" ")} 2>&1 || true`);
  };

  it("are a single-page application that a browser has nothing to say against", async () => {
    const { page, complaints } = await browser.page();
    const answer = await page.goto("https://admin.trivet.test/notes", { waitUntil: "networkidle2" });
    expect(answer!.status()).to.equal(200);
    const policy = answer!.headers()["content-security-policy"]!;
    expect(policy)
      .to.include("default-src 'self'")
      .and.match(/'nonce-[0-9a-f]{32}'/);
    expect(policy).to.not.include("unsafe");
    const text = `from a browser ${Date.now()}`;
    await page.type("input[name=text]", text);
    await page.click("main button");
    await page.waitForFunction(`document.querySelector("main ul")?.textContent.includes(${JSON.stringify(text)})`);
    await page.click('a[href="/about"]');
    await page.waitForFunction("/ash|birch|cedar/.test(document.querySelector('main')?.textContent)");
    expect(complaints).to.deep.equal([]);
    // Its inline script ran, so its nonce was right; another has none.
    expect(await page.evaluate("globalThis.build")).to.be.a("string");
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
    }`);
    expect(await page.evaluate("globalThis.injected")).to.equal(undefined);
    await page.close();
  });

  it("report what a policy refused", async () => {
    await eventually(30, async () => {
      const reports = await Promise.all(nodes.map((node) => inside(node, "cat /var/log/nginx/csp.log || true")));
      expect(reports.join("")).to.include("admin.trivet.test");
    });
  });

  it("are a static site with a page of its own for what is not there", async () => {
    const { page, complaints } = await browser.page();
    expect((await page.goto("https://www.trivet.test/"))!.status()).to.equal(200);
    expect(complaints).to.deep.equal([]);
    const missing = await page.goto("https://www.trivet.test/nowhere");
    expect(missing!.status()).to.equal(404);
    expect(await missing!.text()).to.include("<html");
    await page.close();
  });

  it("show a chain that the browser accepts, by the public issuer, on every node", async () => {
    const issuers = await Promise.all(
      nodes.map((node) =>
        inside(node, "openssl x509 -in /etc/trivet/tls/live/site.crt -noout -issuer -ext subjectAltName"),
      ),
    );
    for (const issuer of issuers) {
      expect(issuer).to.match(/pebble/i);
      for (const host of ["app", "www", "admin"]) expect(issuer).to.include(`DNS:${host}.trivet.test`);
    }
    expect(new Set(issuers).size).to.equal(1);
    const serials = nodes.map((node) => inside(node, "openssl x509 -in /etc/trivet/tls/live/site.crt -noout -serial"));
    expect(new Set(await Promise.all(serials)).size, "one certificate for all").to.equal(1);
  });

  it("speak HTTP/2 and TLS 1.2 and newer only", async () => {
    expect(await asked("ash", "https://www.trivet.test/", "-o", "/dev/null", "-w", "%{http_version}")).to.equal("2");
    expect(await asked("ash", "https://www.trivet.test/", "--tls-max", "1.1")).to.match(/curl: \((35|4)\)/);
  });

  it("send every plain request to https, and answer no other name", async () => {
    const plain = await asked(
      "birch",
      "http://www.trivet.test/a?b=c",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code} %{redirect_url}",
    );
    expect(plain).to.equal("301 https://www.trivet.test/a?b=c");
    expect(await asked("birch", "https://elsewhere.trivet.test/")).to.match(/curl: \(35\)/);
  });

  it("carry security headers, once each", async () => {
    for (const url of ["https://www.trivet.test/", "https://app.trivet.test/", "https://admin.trivet.test/"]) {
      const headers = (await asked("cedar", url, "-o", "/dev/null", "-D", "-")).toLowerCase().split(/\r?\n/);
      for (const name of ["strict-transport-security", "x-content-type-options", "referrer-policy"])
        expect(
          headers.filter((line) => line.startsWith(`${name}:`)),
          `${url} ${name}`,
        ).to.have.lengthOf(1);
    }
  });

  it("are logged as JSON with the client's own address, and the health check is not", async () => {
    const { stdout, stderr: id } = await run(
      "curl",
      "-sS",
      "--cacert",
      paths.caCertificate,
      ...["-w", "%{stderr}%header{x-request-id}"],
      "https://app.trivet.test/api/about?seen=1",
    );
    const { node, release } = JSON.parse(stdout) as { node: string; release: string };
    await eventually(20, async () => {
      const lines = (await inside(node, "tail -n 200 /var/log/nginx/access.log")).split("\n");
      const line = lines.find((entry) => entry.includes(id));
      const entry = JSON.parse(line!) as Record<string, string>;
      expect(entry).to.include({ id, node, release });
      expect(JSON.stringify(entry)).to.include("198.18.0.1");
      expect(lines.filter((each) => each.includes('"path":"/health"'))).to.deep.equal([]);
    });
  });

  it("refuse the way in of the peers to whoever is none", async () => {
    const { privateIp } = await machine("birch");
    const tls = "/etc/trivet/tls";
    const way = `curl -sS -o /dev/null -w '%{http_code}' --cacert ${tls}/ca.crt https://${privateIp}:8443/api/about -H 'Host: app.trivet.test'`;
    expect(await inside("ash", `${way} --cert ${tls}/node.crt --key ${tls}/node.key`)).to.equal("200");
    expect(await inside("ash", `${way} --cert ${tls}/app.crt --key ${tls}/app.key 2>&1 || true`)).to.match(
      /40[03]|curl/,
    );
    expect(await inside("ash", `${way} 2>&1 || true`)).to.match(/400|403|curl/);
  });

  it("pass requests on to the peers when no worker is left here, and the balancer takes the node out", async () => {
    const workers = "app@3001 app@3002";
    await inside("ash", `systemctl stop ${workers}`);
    try {
      const { node } = JSON.parse(await asked("ash", "https://app.trivet.test/api/about")) as { node: string };
      expect(node).to.be.oneOf(["birch", "cedar"]);
      await eventually(30, async () =>
        expect(await asked("ash", "http://app.trivet.test/health", "-o", "/dev/null", "-w", "%{http_code}")).to.equal(
          "503",
        ),
      );
    } finally {
      await inside("ash", `systemctl start ${workers}`);
    }
    await healthy(60);
  });
});
