import { rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { lastLines, UserError } from "../errors";
import { sshArguments } from "../openSsh";
import { run } from "../process";
import { commandLine } from "../shell";
import type { SshTarget } from "../ssh";
import type { Application } from "./application";
import { ownFolder } from "./files";

/** An application's release on its way to the nodes; what it needs of files here lasts as long as it does. */
export class Upload {
  private constructor(
    private readonly application: Application,
    private readonly folder: string,
  ) {}

  /** @throws UserError when a command is missing on this machine */
  static async with<T>(application: Application, use: (upload: Upload) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), "trivet-deploy-"));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    // The key in it outlives neither this work nor this process, however that ends.
    const end = () => process.exit(1);
    process.on("exit", remove).on("SIGINT", end).on("SIGTERM", end);
    try {
      for (const [command, packageName] of Object.entries({ rsync: "rsync", ssh: "OpenSSH's client" })) {
        const { missing } = await run(command, ["-V"], { cwd: folder });
        if (missing) throw new UserError(`The command "${command}" is not on PATH; install ${packageName}.`);
      }
      await writeFile(path.join(folder, "files"), application.files.map((file) => `${file}\0`).join(""));
      for (const [name, text] of Object.entries(application.own)) {
        const file = path.join(folder, "own", name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      return await use(new Upload(application, folder));
    } finally {
      process.off("exit", remove).off("SIGINT", end).off("SIGTERM", end);
      remove();
    }
  }

  /**
   * Sends what is not there yet to a folder on the node. `base`: a folder beside it whose equal files are linked.
   * @throws UserError that names the node
   */
  async to(target: SshTarget, destination: string, base: string | undefined): Promise<void> {
    const { directory } = this.application;
    const keys = path.join(this.folder, target.name);
    const [keyFile, knownHostsFile] = [path.join(keys, "key"), path.join(keys, "known_hosts")];
    await mkdir(keys);
    await writeFile(keyFile, `${target.privateKey.trimEnd()}\n`, { mode: 0o600 });
    await writeFile(knownHostsFile, `${target.knownHosts.trimEnd()}\n`);
    // All but the address, which rsync adds.
    const ssh = commandLine("ssh", ...sshArguments(target, keyFile, knownHostsFile, []).slice(0, -1));
    const send = (words: string[], from: string, to: string) =>
      this.rsync(target, [
        ...["--rsh", ssh, "--rsync-path", "nice -n 19 ionice -c3 rsync"],
        ...["--links", "--perms", "--chmod=u=rwX,go=rX", "--owner", "--group", "--compress", "--timeout=120"],
        ...words,
        `${from}/`,
        `${target.user}@${target.host}:${to}/`,
      ]);
    await send(
      [
        // By content: a build may write the same time into another file of the same size. With its time, because that is
        // what a browser asks for again, and every node must say the same.
        ...["--checksum", "--times", "--partial", "--chown=app:app"],
        ...["--from0", "--files-from", path.join(this.folder, "files")],
        ...(base === undefined ? [] : [`--link-dest=../${base}`]),
      ],
      directory,
      destination,
    );
    await send(
      ["--recursive", "--chown=root:root"],
      path.join(this.folder, "own", ownFolder),
      `${destination}/${ownFolder}`,
    );
  }

  private async rsync(target: SshTarget, words: string[]): Promise<void> {
    const { code, stdout, stderr } = await run("rsync", words, { cwd: this.folder });
    if (code === 0) return;
    const what =
      code === 127 || /rsync: (command )?not found|execute rsync/.test(stderr)
        ? `${target.name} has no rsync; run "pulumi up" with this checkout`
        : `${target.name} could not take the upload (rsync ended with ${code}), so nothing was switched; a further deploy goes on from there; its last lines are below`;
    throw new UserError(`${what}.`, lastLines(`${stdout}\n${stderr}`.trim()));
  }
}
