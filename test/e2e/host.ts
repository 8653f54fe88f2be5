import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";

/** Everything of this host that the local cloud touches, as text: equal before `up` and after `down`. */
export type HostSnapshot = Record<string, string>;

export async function hostSnapshot(): Promise<HostSnapshot> {
  const run = async (file: string, ...args: string[]) => (await execa(file, args, { reject: false })).stdout;
  return {
    namespaces: await run("ip", "netns", "list"),
    links: (await run("ip", "-brief", "link")).replace(/@\S+/g, ""),
    routes: await run("ip", "route", "show", "table", "all"),
    rules: existsSync("/usr/sbin/nft") ? await run("nft", "list", "ruleset") : "",
    forwarding: readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8"),
    mounts: linesOf("/proc/mounts")
      .filter((line) => line.includes("trivet"))
      .join("\n"),
    loops: await run("losetup", "--list", "--noheadings", "--output", "BACK-FILE"),
    hosts: readFileSync("/etc/hosts", "utf8"),
    processes: ourProcesses().join("\n"),
    groups: controlGroups().join("\n"),
    run: existsSync("/run/trivet") ? "/run/trivet" : "",
  };
}

const linesOf = (file: string) => readFileSync(file, "utf8").split("\n");

/** Command lines of machines, balancers, services, plugins and the API; zombies have none. */
function ourProcesses(): string[] {
  const ours = /systemd-nspawn|haproxy|apt-cacher-ng|pebble|pulumi-resource|local\/api\/main/;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      } catch {
        return "";
      }
    })
    .filter((line) => ours.test(line))
    .sort();
}

function controlGroups(): string[] {
  const roots = ["/sys/fs/cgroup", ...["memory", "pids", "systemd", "freezer"].map((name) => `/sys/fs/cgroup/${name}`)];
  return roots.map((root) => `${root}/trivet`).filter((dir) => existsSync(dir));
}
