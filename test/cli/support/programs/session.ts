/** Runs a script of cli/sessions on an SSH server. Arguments: the target as JSON, the script, its words. */
import { session } from "../../../../cli/sessions/session";
import type { SshTarget } from "../../../../cli/ssh";

const [target, script, ...words] = process.argv.slice(2);
void session(JSON.parse(target!) as SshTarget, script as "run" | "psql" | "redis", words).then((code) => {
  process.exitCode = code;
});
