import { Command } from "commander";
import { z } from "zod";
import { askAgent, askAll, leaderOf } from "../agents/agents";
import { UserError } from "../errors";
import { nodeNamed, readStack } from "../stack";
import { stackOption, type StackOption } from "../stackOption";

const handover = z.object({ from: z.string(), to: z.string(), stall: z.number() });

export function switchoverCommand(): Command {
  return new Command("switchover")
    .description("move PostgreSQL's primary to another node; clients wait a moment, and no statement fails")
    .argument("[node]", "the new primary; default: a standby that is up to date")
    .addOption(stackOption())
    .action(async (wanted: string | undefined, { stack }: StackOption) => {
      const outputs = await readStack(stack);
      if (wanted !== undefined) nodeNamed(stack, outputs.nodes, wanted);
      const leader = leaderOf(await askAll(outputs));
      if (!leader) throw new UserError(`No node is the primary; "npx trivet status" says what is wrong.`);
      const query = wanted === undefined ? "" : `?to=${wanted}`;
      const { from, to, stall } = handover.parse(await askAgent(outputs, leader.node, `POST /switchover${query}`));
      process.stdout.write(`${to} is the primary now, in place of ${from}. Clients waited ${stall} ms.\n`);
    });
}
