import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { ExecaReturnValue } from "execa";
import { projectRoot } from "../../local/paths";
import { trivet } from "./cluster";

/** A copy of the example that a test may change, as a developer's checkout: built once, and from then on shipped as it is. */
export class Application {
  private constructor(readonly directory: string) {}

  static async copy(): Promise<Application> {
    const directory = await mkdtemp(path.join(tmpdir(), "trivet-application-"));
    await cp(path.join(projectRoot, "example"), directory, {
      recursive: true,
      filter: (source) => path.basename(source) !== "node_modules",
    });
    const application = new Application(directory);
    // `npm run up` has built it, and what a test changes is not built.
    await application.edit("trivet.yaml", /^build:.*\n/m, "");
    return application;
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(path.join(this.directory, file), text);
  }

  async edit(file: string, what: RegExp, by: string): Promise<void> {
    const place = path.join(this.directory, file);
    const before = await readFile(place, "utf8");
    const after = before.replace(what, by);
    if (after === before) throw new Error(`${file} has nothing like ${what}.`);
    await writeFile(place, after);
  }

  /** Another release, which does the same. */
  touch(): Promise<void> {
    return this.write("CHANGES", `${Date.now()}\n`);
  }

  deploy(...more: string[]): Promise<ExecaReturnValue> {
    return trivet("deploy", this.directory, "-s", "local", ...more);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
