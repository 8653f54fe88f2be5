import { Command } from "commander";
import { prepare, type Application } from "../deploy/application";
import { readManifest } from "../deploy/manifest";
import { nodesWithout, withNodes } from "../deploy/nodes";
import { reportEnd, switchOptions, type SwitchOptions } from "../deploy/options";
import { ship } from "../deploy/ship";
import { list } from "../errors";
import { progress, step } from "../progress";
import { readStack } from "../stack";

export function deployCommand(): Command {
  const command = new Command("deploy")
    .description("build an application and ship it to every node, one after the other")
    .argument("<directory>", "the application's, with its trivet.yaml");
  return switchOptions(command).action((directory: string, options: SwitchOptions) => {
    return reportEnd(
      options,
      () => deploy(directory, options),
      ({ changed, name, release, nodes, url }) =>
        changed
          ? `${name} ${release} runs on ${list(nodes)}: ${url}`
          : `${name} ${release} already runs on ${list(nodes)}; nothing changed.`,
    );
  });
}

async function deploy(directory: string, { stack, without, quiet, json }: SwitchOptions) {
  const manifest = readManifest(directory);
  const outputs = await readStack(stack);
  const chosen = nodesWithout(stack, outputs, without);
  const shown = { quiet, aside: json };
  const sites = Object.keys(outputs.sites);

  let application: Application | undefined;
  const preparing = async (report?: (line: string) => void) => {
    application = await prepare(directory, manifest, { sites, report });
  };
  if (manifest.build === undefined) await preparing();
  else await progress([step(`Build: ${manifest.build}`, preparing)], shown).run();
  const shipped = await withNodes(outputs, chosen, (nodes) => ship(application!, nodes, shown));
  const names = chosen.map((node) => node.name);
  return { ok: true as const, name: manifest.name, url: outputs.url, nodes: names, without, ...shipped };
}
