import { Command } from "commander";
import { deployCommand } from "./commands/deploy";
import { forcePrimaryCommand } from "./commands/forcePrimary";
import { localCommand } from "./commands/local";
import { recloneCommand } from "./commands/reclone";
import { renderCommand } from "./commands/render";
import { sshCommand } from "./commands/ssh";
import { statusCommand } from "./commands/status";
import { switchoverCommand } from "./commands/switchover";
import { explain } from "./errors";

const program = new Command("trivet")
  .description("Look after a Trivet cluster and ship applications to it.")
  .enablePositionalOptions()
  .showHelpAfterError("Run it with --help to see what it takes.")
  .addCommand(statusCommand())
  .addCommand(deployCommand())
  .addCommand(switchoverCommand())
  .addCommand(forcePrimaryCommand())
  .addCommand(recloneCommand())
  .addCommand(sshCommand())
  .addCommand(renderCommand())
  .addCommand(localCommand());

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
