import { execa } from "execa";
import * as path from "node:path";
import { UserError, lastLines } from "../errors";
import { projectRoot } from "../project";

/**
 * Runs an application's build in its directory, by the shell. `report` gets its output line by line.
 * @throws UserError with its last lines when it fails
 */
export async function build(
  directory: string,
  command: string,
  report: (line: string) => void = () => undefined,
): Promise<void> {
  // Ours last, for a machine that has no yarn of its own.
  const PATH = `${process.env.PATH}:${path.join(projectRoot, "node_modules/.bin")}`;
  const building = execa(command, {
    shell: true,
    cwd: directory,
    env: { PATH },
    all: true,
    reject: false,
    stdin: "ignore",
  });
  building.all?.on("data", (chunk: Buffer) => report(lastLines(chunk.toString(), 1)));
  const { exitCode, all, failed } = await building;
  if (failed) {
    throw new UserError(
      `The build ("${command}") failed with exit code ${exitCode ?? -1}, so nothing was uploaded; its last lines are below.`,
      lastLines(all ?? ""),
    );
  }
}
