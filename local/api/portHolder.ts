import * as fs from "node:fs";

/**
 * The process that listens on a TCP port of this host: "NAME (pid N)", or "another process" if /proc does not show it
 * to us; undefined if nobody listens.
 */
export function portHolder(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeners(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of entries("/proc").filter((name) => /^\d+$/.test(name))) {
    const holds = entries(`/proc/${pid}/fd`).some((descriptor) => {
      const target = attempt(() => fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      return target !== undefined && inodes.has(target);
    });
    if (holds)
      return `${attempt(() => fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim()) ?? "a process"} (pid ${pid})`;
  }
  return "another process";
}

/** The sockets, in the form of /proc/PID/fd, that listen on a port: state 0A is LISTEN. */
function listeners(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return (attempt(() => fs.readFileSync(table, "utf8")) ?? "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === "0A")
    .map((fields) => `socket:[${fields[9]}]`);
}

const entries = (directory: string) => attempt(() => fs.readdirSync(directory)) ?? [];

/** Processes come and go while they are looked at, and some are not ours to look at. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
