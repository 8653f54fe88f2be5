import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { paths, projectRoot, stateDir } from "../local/paths";
import { outputs, stackEnvironment } from "../local/stack";

/** Works on the cluster that is up, or on one that is made for it and removed again. */
export async function onCluster<T>(work: () => Promise<T>): Promise<T> {
  const made = !existsSync(stateDir);
  if (made) await npm("up");
  try {
    return await work();
  } finally {
    if (made) await npm("down");
  }
}

/** Where a load's clients find the site: its name, the load balancer's address, and whose certificates count. */
export async function site(): Promise<{ url: string; address: string; ca: string }> {
  const { url, loadBalancerIp } = (await outputs(await stackEnvironment())) as { url: string; loadBalancerIp: string };
  return { url, address: loadBalancerIp, ca: await readFile(paths.caCertificate, "utf8") };
}

async function npm(script: "up" | "down"): Promise<void> {
  const { exitCode, all } = await execa("npm", ["run", script], { cwd: projectRoot, all: true, reject: false });
  if (exitCode !== 0) throw new Error(`npm run ${script} failed:\n${all?.split("\n").slice(-20).join("\n")}`);
}
