import { execFile } from "node:child_process";
import { namespace } from "../paths";

/** Where `ip netns` keeps the namespaces' handles. */
export const netnsDir = "/run/netns";

interface Outcome {
  stdout: string;
  /** What went wrong; undefined when the command's exit code is 0. */
  fault?: string;
}

function outcome(command: string, args: string[], input = ""): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const child = execFile(command, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve(error === null ? { stdout } : { stdout, fault: stderr.trim() || error.message });
    });
    // A command that ends without reading its input closes the pipe; its exit code says what there is to say.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/**
 * Runs a host command to its end and gives its standard output.
 * @throws Error with the command and what it wrote to standard error
 */
export async function run(command: string, args: string[], input?: string): Promise<string> {
  const { stdout, fault } = await outcome(command, args, input);
  if (fault !== undefined) throw new Error(`local cloud: \`${[command, ...args].join(" ")}\` failed: ${fault}`);
  return stdout;
}

/** Whether the command succeeds; for questions to the kernel whose "no" is an exit code. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
  return (await outcome(command, args)).fault === undefined;
}

/** Runs a command with the network of a namespace. Not `ip netns exec`: that would hide the host's control groups. */
export function runIn(netns: string, command: string, args: string[], input?: string): Promise<string> {
  return run("nsenter", [`--net=${netnsDir}/${netns}`, command, ...args], input);
}

/** Several `ip` commands in one call, in a namespace or on the host; with `force`, those that fail are passed over. */
export async function ip(netns: string | undefined, commands: string[], options: { force?: boolean } = {}) {
  const where = netns === undefined ? [] : ["-n", netns];
  const script = commands.join("\n") + "\n";
  if (options.force) await outcome("ip", [...where, "-force", "-batch", "-"], script);
  else await run("ip", [...where, "-batch", "-"], script);
}

/** Loads an nft script, all of it or nothing, in the cloud's namespace or on the host. */
export async function nft(script: string, where: "cloud" | "host" = "cloud"): Promise<void> {
  if (where === "host") await run("nft", ["-f", "-"], script);
  else await runIn(namespace, "nft", ["-f", "-"], script);
}
