import { Command } from "commander";
import { deployCommand } from "./commands/deploy";
import { drainCommand } from "./commands/drain";
import { forcePrimaryCommand } from "./commands/forcePrimary";
import { localCommand } from "./commands/local";
import { logsCommand } from "./commands/logs";
import { outputsCommand } from "./commands/outputs";
import { psqlCommand } from "./commands/psql";
import { rebootCommand } from "./commands/reboot";
import { recloneCommand } from "./commands/reclone";
import { redisCommand } from "./commands/redis";
import { releasesCommand } from "./commands/releases";
import { renderCommand } from "./commands/render";
import { rollbackCommand } from "./commands/rollback";
import { runCommand } from "./commands/run";
import { sshCommand } from "./commands/ssh";
import { statusCommand } from "./commands/status";
import { switchoverCommand } from "./commands/switchover";
import { undrainCommand } from "./commands/undrain";
import { explain } from "./errors";
import { withOutputs } from "./stackOption";

/** What works on the nodes needs no more of the stack than its outputs. */
const onNodes = [
  statusCommand(),
  deployCommand(),
  rollbackCommand(),
  releasesCommand(),
  logsCommand(),
  drainCommand(),
  undrainCommand(),
  rebootCommand(),
  switchoverCommand(),
  forcePrimaryCommand(),
  recloneCommand(),
  runCommand(),
  psqlCommand(),
  redisCommand(),
  sshCommand(),
];

const program = new Command("trivet")
  .description("Look after a Trivet cluster and ship applications to it.")
  .enablePositionalOptions()
  .showHelpAfterError("Run it with --help to see what it takes.");
for (const command of onNodes) program.addCommand(withOutputs(command));
for (const command of [outputsCommand(), renderCommand(), localCommand()]) program.addCommand(command);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
