import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { launch, type Browser, type Page } from "puppeteer-core";
import { ensureHostPackages } from "../../local/host";

/** Debian's Chromium, which trusts these authorities and finds these hosts at that address. */
export interface Visitor {
  /** A new page, and what its console and its network complain of. */
  page(): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

/**
 * @param authorities a PEM file
 * @param hosts that are all at `address`
 */
export async function visitor(authorities: string, hosts: string[], address: string): Promise<Visitor> {
  await ensureHostPackages(["chromium", "libnss3-tools"]);
  const home = await mkdtemp(path.join(tmpdir(), "trivet-chromium-"));
  await trust(home, authorities);
  const browser = await launch({
    executablePath: "/usr/bin/chromium",
    env: { ...process.env, HOME: home },
    userDataDir: path.join(home, "profile"),
    args: ["--no-sandbox", `--host-resolver-rules=${hosts.map((host) => `MAP ${host} ${address}`).join(", ")}`],
  });
  return {
    page: () => watched(browser),
    close: async () => {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Chromium on Linux takes a user's own authorities from the NSS database in the home folder. */
async function trust(home: string, authorities: string): Promise<void> {
  const database = `sql:${path.join(home, ".pki/nssdb")}`;
  await execa("mkdir", ["-p", path.join(home, ".pki/nssdb")]);
  await execa("certutil", ["-N", "-d", database, "--empty-password"]);
  const { stdout } = await execa("awk", [
    '/BEGIN CERTIFICATE/ { n++ } n { print > sprintf("%s/ca-%d.pem", home, n) } END { print n }',
    `home=${home}`,
    authorities,
  ]);
  for (let at = 1; at <= Number(stdout); at++)
    await execa("certutil", [
      ...["-A", "-d", database, "-n", `ca-${at}`, "-t", "C,,"],
      ...["-i", path.join(home, `ca-${at}.pem`)],
    ]);
}

async function watched(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${String(error)}`));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return { page, complaints };
}
