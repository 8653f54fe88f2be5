import { execa } from "execa";
import { countLogins } from "../local/inside";
import { projectRoot } from "../local/paths";
import { stackEnvironment } from "../local/stack";
import { timed, type Figure } from "./figures";
import { inEveryNode } from "./nodes";

/** `pulumi preview` and `pulumi up` with nothing changed: their time, the changes they made, the SSH sessions they opened. */
export async function unchanged(samples: number): Promise<Figure[]> {
  const env = await stackEnvironment();
  const figures: Figure[] = [];
  for (const words of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    const seconds: number[] = [];
    const logins: number[] = [];
    const changes: number[] = [];
    for (let at = 0; at < samples; at++) {
      const before = await sshLogins();
      let output = "";
      const pulumi = ["--stack", "local", "--non-interactive"];
      seconds.push(
        await timed(
          async () => ({ stdout: output } = await execa("pulumi", [...words, ...pulumi], { cwd: projectRoot, env })),
        ),
      );
      logins.push((await sshLogins()) - before);
      changes.push(Number(/(\d+) changes?/.exec(output)?.[1] ?? 0));
    }
    const what = `pulumi ${words[0]}, nothing changed`;
    figures.push(
      { what, unit: "s", samples: seconds },
      { what: `${what}: changes`, unit: "count", samples: changes },
      { what: `${what}: SSH connections`, unit: "count", samples: logins },
    );
  }
  return figures;
}

async function sshLogins(): Promise<number> {
  return (await inEveryNode(countLogins)).reduce((sum, count) => sum + Number(count), 0);
}
