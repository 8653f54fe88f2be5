import { execa } from "execa";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { progress, step } from "../cli/progress";
import { startApi } from "./api/daemon";
import { getCertificate, writeBundle } from "./certificates";
import { hostFabric } from "./fabric";
import { ensureHostPackages } from "./host";
import { nameDomains } from "./hosts";
import { paths, projectRoot } from "./paths";
import { startIssuer } from "./pebble";
import { preflight } from "./preflight";
import { breakStaleLock, outputs, prepareEngine, pulumi, selectStack, stackEnvironment } from "./stack";

interface Ready {
  url: string;
  loadBalancerIp: string;
  domains: string[];
  caCertificate: string;
  nodes: { name: string; publicIp: string; privateIp: string }[];
  monthlyCostUsd: number;
}

/** `npm run up`: from a fresh clone to a cluster that answers; from a cluster that is up, nothing. */
async function up(): Promise<void> {
  const started = Date.now();
  let environment: Record<string, string> = {};
  const fabric = hostFabric(paths.cloud);
  await preflight();
  await progress([
    step("Install what this machine lacks", () => ensureHostPackages()),
    step("Make Pulumi's engine and plugins", async (report) => void (await prepareEngine(report))),
    step("Make the machines' image", () => fabric.prepare()),
    step("Start the local cloud", () => startApi()),
    step("Start the issuer of certificates", () => startIssuer(paths.cloud)),
    step("Select the stack", async () => {
      environment = await stackEnvironment();
      await selectStack(environment);
      await breakStaleLock(environment);
    }),
  ]).run();
  console.log("\nBuilding the cluster: pulumi up -s local");
  await pulumi(
    environment,
    "up",
    "--yes",
    "--skip-preview",
    "--suppress-outputs",
    "--non-interactive",
    "--color",
    "always",
  );
  const ready = (await outputs(environment)) as unknown as Ready;
  await writeBundle(ready.caCertificate);
  await nameDomains(ready.loadBalancerIp, ready.domains);
  console.log("\nDeploying the example: npx trivet deploy example");
  await execa("bin/trivet", ["deploy", "example", "--stack", "local"], { cwd: projectRoot, stdio: "inherit" });
  await progress([
    step("Wait for the load balancer", () => answers(ready)),
    step("Get the sites' certificate", async () => {
      const names = ready.nodes.map(({ name }) => `trivet-local-${name}`);
      await getCertificate((await fabric.machines()).filter(({ name }) => names.includes(name)));
      await answers(ready);
    }),
  ]).run();
  console.log(summary(ready, Date.now() - started));
}

/** Until the first answer that came all the way; the balancer admits a node after two good checks. */
async function answers({ url }: Ready): Promise<void> {
  for (let left = 60; ; left--) {
    const { stdout, stderr } = await execa(
      "curl",
      [
        "--silent",
        "--show-error",
        "--cacert",
        paths.caCertificate,
        "--max-time",
        "5",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        url,
      ],
      { reject: false },
    );
    if (stdout === "200") return;
    if (left === 0) throw new Error(`${url} answers ${stderr || stdout}; \`npx trivet status\` tells more.`);
    await pause(1000);
  }
}

function summary({ url, nodes, loadBalancerIp, monthlyCostUsd }: Ready, milliseconds: number): string {
  return [
    "",
    `${url} answers, after ${Math.round(milliseconds / 1000)} s.`,
    "",
    ...nodes.map(({ name, publicIp, privateIp }) => `  ${name.padEnd(8)} ${publicIp.padEnd(16)} ${privateIp}`),
    `  ${"balancer".padEnd(8)} ${loadBalancerIp}`,
    "",
    `On DigitalOcean this would cost about ${monthlyCostUsd} dollars a month.`,
    "",
    "Next:",
    `  curl --cacert ${path.relative(process.cwd(), paths.caCertificate)} ${url}`,
    "  npx trivet status",
    `  npx trivet ssh ${nodes[0]!.name}`,
    '  eval "$(npx trivet local env)"; pulumi preview -s local',
    "  npx trivet local cut " + nodes[0]!.name,
    "  npm run down",
  ].join("\n");
}

up().catch((error: unknown) => {
  console.error(`\ntrivet: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
