import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import process from "node:process";
import { text } from "node:stream/consumers";
import { rootCertificates } from "node:tls";
import { fileURLToPath, URL } from "node:url";
import { parse } from "yaml";
import { readOutputs } from "./outputs.js";

const TIMEOUT_MS = 30_000;
// So many that every node of a small cluster should have its turn.
const ASKED = 12;

/** Asks one path of a site, through the load balancer, whatever DNS says. Resolves to {status, body}. */
export function askerOf({ loadBalancerIp, caCertificate }, port = 443) {
  return async (host, path) => {
    const sent = request({
      host: loadBalancerIp,
      port,
      path,
      servername: host,
      headers: { Host: host, Accept: "application/json, text/html;q=0.9" },
      ca: [...rootCertificates, caCertificate],
      // Every request may meet another node.
      agent: false,
      timeout: TIMEOUT_MS,
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    sent.end();
    const [response] = await once(sent, "response");
    return { status: response.statusCode, body: await text(response) };
  };
}

/**
 * Asks every site of a stack after a deploy. `served` is trivet.yaml's `sites`. Resolves to {faults, releases}: what is
 * wrong, a sentence each, and which releases answered on which nodes.
 */
export async function smoke(sites, served, ask) {
  const faults = [];
  const releases = new Map();

  async function check(host, path, judge) {
    try {
      const { status, body } = await ask(host, path);
      const fault = status === 200 ? judge(body) : `answered ${status}; wanted 200`;
      if (fault) faults.push(`https://${host}${path} ${fault}`);
    } catch (error) {
      faults.push(`https://${host}${path} could not be asked: ${error.message}`);
    }
  }
  const note = (body) => {
    const { node, release } = JSON.parse(body);
    releases.set(release, (releases.get(release) ?? new Set()).add(node));
  };

  for (const [site, host] of Object.entries(sites)) {
    const { static: folder, spa, api, scripts } = served[site] ?? {};
    if (spa ?? folder) await check(host, "/", (page) => faultOf(page, scripts));
    else await check(host, "/", () => undefined);
    const about = "/api/about";
    if (folder === undefined && (spa === undefined || api?.some((prefix) => about.startsWith(prefix)))) {
      await Promise.all(Array.from({ length: ASKED }, () => check(host, about, note)));
    }
  }
  if (releases.size > 1)
    faults.push(`${releases.size} releases answer: ${[...releases.keys()].join(", ")}; wanted one`);
  return { faults: [...new Set(faults)], releases };
}

function faultOf(page, scripts) {
  if (!/<html/i.test(page)) return "is not HTML";
  if (scripts === "nonce" && page.includes("__CSP_NONCE__")) return "has __CSP_NONCE__ where a nonce should be";
  return undefined;
}

async function main() {
  const file = process.argv[2] ?? process.env.TRIVET_OUTPUTS;
  if (!file) throw new Error("Give the file that `npx trivet outputs > FILE` wrote, or name it in TRIVET_OUTPUTS.");
  const outputs = readOutputs(file);
  const { sites = {} } = parse(readFileSync(new URL("../trivet.yaml", import.meta.url), "utf8"));
  const { faults, releases } = await smoke(outputs.sites, sites, askerOf(outputs));
  for (const [release, nodes] of releases)
    process.stdout.write(`${release} answers on ${[...nodes].sort().join(", ")}\n`);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  process.stdout.write(`All sites answer: ${Object.values(outputs.sites).join(", ")}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
