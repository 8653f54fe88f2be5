import { readFile, writeFile } from "node:fs/promises";

const file = "/etc/hosts";
const mark = "# trivet's local cloud";

/** Lets this host find the local stack's domains at its load balancer, until `forgetDomains`. */
export async function nameDomains(ip: string, domains: string[]): Promise<void> {
  const text = await readFile(file, "utf8");
  await replace(text, `${without(text)}${ip} ${domains.join(" ")} ${mark}\n`);
}

export async function forgetDomains(): Promise<void> {
  const text = await readFile(file, "utf8");
  await replace(text, without(text));
}

/** In place, since a container's /etc/hosts is often a mount that cannot be renamed over. */
async function replace(before: string, after: string): Promise<void> {
  if (before !== after) await writeFile(file, after);
}

function without(text: string): string {
  const kept = text.split("\n").filter((line) => !line.endsWith(mark));
  return kept.join("\n").replace(/\n*$/, "\n");
}
