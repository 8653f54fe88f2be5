import { Command } from "commander";
import { nodesWithout, withNodes } from "../deploy/nodes";
import { reportEnd, switchOptions, type SwitchOptions } from "../deploy/options";
import { rollback } from "../deploy/rollback";
import { list } from "../errors";
import { readStack } from "../stack";

export function rollbackCommand(): Command {
  const command = new Command("rollback")
    .description("return to a release that is still on the nodes, one node after the other; migrations stay")
    .argument("[release]", "as trivet releases lists it; default: the last good one before what runs");
  return switchOptions(command).action((release: string | undefined, options: SwitchOptions) => {
    const { stack, without, quiet, json } = options;
    const work = async () => {
      const outputs = await readStack(stack);
      const chosen = nodesWithout(stack, outputs, without);
      const shown = { quiet, aside: json };
      const done = await withNodes(outputs, chosen, (nodes) => rollback(nodes, release, shown));
      return { ok: true as const, url: outputs.url, nodes: chosen.map(({ name }) => name), without, ...done };
    };
    return reportEnd(options, work, (end) =>
      end.changed
        ? `${end.release} runs again on ${list(end.nodes)}: ${end.url}`
        : `${end.release} already runs on ${list(end.nodes)}; nothing changed.`,
    );
  });
}
