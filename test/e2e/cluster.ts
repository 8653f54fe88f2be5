import { readFileSync } from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { expect } from "chai";
import { execa, type ExecaReturnValue } from "execa";
import { apiLogFile } from "../../local/api/daemon";
import { hostFabric, type Machine } from "../../local/fabric";
import { countLogins, inside as insideMachine } from "../../local/inside";
import { paths, projectRoot } from "../../local/paths";
import { outputs, stackEnvironment } from "../../local/stack";

/** A command in the project's folder; whether it failed is the test's business. */
export function run(command: string, ...args: string[]): Promise<ExecaReturnValue> {
  return execa(command, args, { cwd: projectRoot, reject: false, all: true, timeout: 20 * 60_000 });
}

export const npmRun = (script: string) => run("npm", "run", script);
export const trivet = (...args: string[]) => run("npx", "trivet", ...args);

export async function pulumi(...args: string[]): Promise<ExecaReturnValue> {
  const env = await stackEnvironment();
  return execa("pulumi", [...args, "--stack", "local", "--non-interactive"], {
    cwd: projectRoot,
    env,
    reject: false,
    all: true,
  });
}

export const stackOutputs = async () => outputs(await stackEnvironment());

export interface Answer {
  status: number;
  body: string;
}

/** A request to the application the way a client makes it: by name, through the load balancer, the certificate verified. */
export function request(
  url: string,
  {
    method = "GET",
    body,
    ca = readFileSync(paths.caCertificate, "utf8"),
  }: { method?: string; body?: object; ca?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = https.request(
      url,
      {
        method,
        ca,
        headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
        timeout: 15_000,
        agent: false,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${url} did not answer in time`)));
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

export const machines = (): Promise<Machine[]> => hostFabric(paths.cloud).machines();

export async function machine(node: string): Promise<Machine> {
  const found = (await machines()).find(({ name }) => name === `trivet-local-${node}`);
  if (!found) throw new Error(`There is no machine ${node}.`);
  return found;
}

/** Runs a command inside a node without its SSH, its network or anything else of ours. */
export const inside = async (node: string, command: string, input?: string) =>
  insideMachine(await machine(node), command, input);

/** How many SSH sessions the nodes have accepted since they were made. */
export async function sshLogins(nodes: string[]): Promise<number> {
  const counts = await Promise.all(nodes.map((node) => inside(node, countLogins)));
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

export const sql = (node: string, query: string, database = "app") =>
  inside(node, `runuser -u postgres -- psql -XAtq -d ${database} -c ${JSON.stringify(query)}`);

/** The readable scripts that set up a node, by their resources' names, in the order in which they were first run. */
export async function appliedScripts(node: string): Promise<Record<string, string>> {
  const { stdout } = await pulumi("stack", "export");
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { urn: string; type: string; inputs: { stdin: unknown } }[] };
  };
  const scripts = deployment.resources
    .filter(({ type, urn }) => type === "command:remote:Command" && urn.includes(`::${node}-`))
    .map(({ urn, inputs }) => [urn.split("::").at(-1), inputs.stdin] as const)
    .filter(([name, stdin]) => typeof stdin === "string" && name !== `${node}-ready`);
  return Object.fromEntries(scripts) as Record<string, string>;
}

/** The API's log lines since a moment, a mark that `apiLogLength` gave. */
export const apiLogSince = (mark: number) => readFileSync(apiLogFile(), "utf8").slice(mark).split("\n");
export const apiLogLength = () => readFileSync(apiLogFile(), "utf8").length;

export const fileOf = (...parts: string[]) => path.join(projectRoot, ...parts);

/** Repeats until it is so, for at most `seconds`; the last reason is thrown. */
export async function eventually(seconds: number, check: () => Promise<unknown>): Promise<void> {
  for (const limit = Date.now() + seconds * 1000; ;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Waits until `trivet status` has nothing to complain of. */
export const healthy = (seconds: number): Promise<void> =>
  eventually(seconds, async () => expect((await trivet("status")).stdout).to.include("local is healthy."));

/** The node whose PostgreSQL takes writes. @throws Error when there is none */
export async function primaryNode(): Promise<string> {
  for (const { name, state } of await machines()) {
    const node = name.replace("trivet-local-", "");
    if (state === "active" && (await sql(node, "SELECT pg_is_in_recovery()", "postgres").catch(() => "")) === "f")
      return node;
  }
  throw new Error("No node is primary.");
}
