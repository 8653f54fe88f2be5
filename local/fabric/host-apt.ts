import { readFile, readdir } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { run } from "./host";

/** Which Debian repository a source is, whatever its address on this host. */
export type Repository = "main" | "updates" | "security";

export interface HostApt {
  /** Where this host gets Debian from; empty on another distribution, whose tools then know Debian's own address. */
  repositories: Partial<Record<Repository, string>>;
  /** Settings that this host's mirror or network asks for, as apt.conf lines. */
  settings: string[];
  /** The host's own way out, if it needs one. */
  proxy?: string;
}

/** Asks this host's apt where it gets Debian from, and how: what works for the host works for its machines. */
export async function hostApt(): Promise<HostApt> {
  const release = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? "";
  const targets = await run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  const isDebian = /^ID=debian$/m.test(release);
  return {
    repositories: isDebian ? repositoriesOf(targets, codename) : {},
    ...settingsOf(await run("apt-config", ["dump"])),
  };
}

/** @param targets lines of "URI release component" */
export function repositoriesOf(targets: string, codename: string): HostApt["repositories"] {
  const found: HostApt["repositories"] = {};
  const kinds: Record<string, Repository> = {
    [codename]: "main",
    [`${codename}-updates`]: "updates",
    [`${codename}-security`]: "security",
  };
  for (const line of targets.split("\n")) {
    const [uri, release, component] = line.split(" ");
    const kind = kinds[release ?? ""];
    if (uri !== undefined && kind !== undefined && component === "main") found[kind] ??= uri;
  }
  return found;
}

/** @param dump what `apt-config dump` prints */
export function settingsOf(dump: string): Pick<HostApt, "settings" | "proxy"> {
  const lines = dump.split("\n");
  const proxy = lines.map((line) => /^Acquire::http::Proxy "(http[^"]+)";$/i.exec(line)?.[1]).find(Boolean);
  const settings = lines.filter((line) => /^Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4) "/.test(line));
  return { settings, ...(proxy === undefined ? {} : { proxy }) };
}

/** Certificate authorities that this host trusts beyond Mozilla's, in PEM: those of a network that reads TLS, for one. */
export async function extraAuthorities(): Promise<string[]> {
  const mozilla = "/usr/share/ca-certificates/mozilla";
  const files = await readdir(mozilla).catch(() => []);
  const known = await Promise.all(files.map((file) => readFile(`${mozilla}/${file}`, "utf8")));
  const knownPrints = new Set(known.flatMap(certificates).map(fingerprint));
  const bundle = await readFile("/etc/ssl/certs/ca-certificates.crt", "utf8").catch(() => "");
  return certificates(bundle).filter((pem) => !knownPrints.has(fingerprint(pem)));
}

const certificates = (text: string) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;

/** The name servers behind a local stub resolver are not the stub: machines cannot reach the host's loopback. */
export async function hostResolvers(): Promise<string[]> {
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    const text = await readFile(file, "utf8").catch(() => "");
    const servers = resolversOf(text);
    if (servers.length > 0) return servers;
  }
  return [];
}

/** The IPv4 name servers of a resolv.conf that are not the host's loopback. */
export function resolversOf(resolvConf: string): string[] {
  const servers = [...resolvConf.matchAll(/^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map(
    (match) => match[1] ?? "",
  );
  return servers.filter((server) => !server.startsWith("127."));
}
