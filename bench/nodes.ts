import { execa } from "execa";
import { hostFabric } from "../local/fabric";
import { paths } from "../local/paths";

/** Runs a command in every machine from the host's side: no SSH, nothing that would count as the cluster's own work. */
export async function inEveryNode(command: string): Promise<{ name: string; output: string }[]> {
  const machines = (await hostFabric(paths.cloud).machines()).filter(({ state }) => state === "active");
  if (machines.length === 0) throw new Error("no cluster is up; `npm run up` first");
  return Promise.all(
    machines.map(async ({ name, leaderPid }) => {
      const { stdout } = await execa("nsenter", ["--target", String(leaderPid), "--all", "bash", "-c", command], {
        env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
      });
      return { name, output: stdout };
    }),
  );
}
