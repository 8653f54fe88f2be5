import type { Client } from "ssh2";
import type { Call } from "../frame/resource";
import { finished } from "./session";
import { Output } from "./output";

/**
 * SSH servers drop variables that their AcceptEnv doesn't list, without a word to this library: asks the far side which
 * of them arrived. @throws naming the first one that didn't.
 */
export async function assertAccepted(client: Client, environment: Record<string, string>, call: Call): Promise<void> {
  const names = Object.keys(environment);
  if (names.length === 0) return;
  const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong) throw new Error(`environment holds ${JSON.stringify(wrong)}, which is no variable's name`);

  const output = new Output(call, "none");
  const script = names.map((name) => `[ -n "\${${name}+x}" ] || echo ${name}`).join("; ");
  await finished(client, script, { env: environment }, "", output, call.signal);
  const [missing] = output.trimmed().stdout.split("\n");
  if (!missing) return;
  call.log(
    `Unable to set '${missing}'. This only works if your SSH server is configured to accept these variables via ` +
      `AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could prefix the ` +
      `command itself with the variables in the form 'VAR=value command'`,
    "error",
  );
  throw new Error(`could not set environment variable "${missing}": the SSH server does not accept it`);
}
