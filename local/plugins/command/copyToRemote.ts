import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { SFTPWrapper } from "ssh2";
import type { Call, Resource } from "../frame/resource";
import { connect, type Connection } from "./connection";

/** An asset or archive as it travels: where it lies or what it holds, and the hash of its content. */
interface Source {
  path?: string;
  text?: string;
  uri?: string;
  assets?: unknown;
  hash?: string;
}

interface Inputs {
  connection: Connection;
  remotePath: string;
  source: Source;
  triggers?: unknown[];
}

export const copyToRemote: Resource<Inputs, Inputs> = {
  type: "command:remote:CopyToRemote",
  inputs: {
    connection: { required: true },
    remotePath: { required: true },
    source: { required: true },
    triggers: { replace: true },
  },
  outputs: [],
  secrets: ["connection"],

  check: ({ source }) =>
    source && source.path === undefined && source.text === undefined && source.hash === undefined
      ? ["source must be a file, a folder or a text: other kinds need a newer official plugin"]
      : [],

  async create(inputs, call) {
    await copy(inputs, call);
    return { id: `${call.name}${randomBytes(4).toString("hex")}`, state: inputs };
  },

  async update(_id, state, inputs, call) {
    // As the official plugin: another host alone copies nothing.
    if (state.source.hash !== inputs.source.hash || state.remotePath !== inputs.remotePath) await copy(inputs, call);
    return inputs;
  },
};

async function copy({ connection, source, remotePath }: Inputs, call: Call): Promise<void> {
  const client = await connect(connection, call);
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((fault, opened) => (fault ? reject(fault) : resolve(opened))),
    );
    if (source.text !== undefined) return await write(sftp, remotePath, source.text);
    const from = source.path as string;
    if (!(await fs.stat(from)).isDirectory()) return await write(sftp, remotePath, await fs.readFile(from));
    // As rsync and the official plugin: without a slash at its end, the folder itself is copied into the target.
    const into = from.endsWith("/") ? remotePath : path.posix.join(remotePath, path.basename(from));
    for (const entry of await fs.readdir(from, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const target = path.posix.join(into, path.relative(from, file));
      if (entry.isDirectory()) await makeFolder(sftp, target);
      else await write(sftp, target, await fs.readFile(file));
    }
  } finally {
    client.end();
  }
}

async function write(sftp: SFTPWrapper, file: string, content: string | Buffer): Promise<void> {
  await makeFolder(sftp, path.posix.dirname(file));
  await new Promise<void>((resolve, reject) =>
    sftp.writeFile(file, content, (fault) =>
      fault ? reject(new Error(`could not write ${file}: ${fault.message}`)) : resolve(),
    ),
  );
}

async function makeFolder(sftp: SFTPWrapper, folder: string): Promise<void> {
  const exists = await new Promise<boolean>((resolve) => sftp.stat(folder, (fault) => resolve(!fault)));
  if (exists || folder === ".") return;
  await makeFolder(sftp, path.posix.dirname(folder));
  await new Promise<void>((resolve, reject) =>
    sftp.mkdir(folder, (fault) =>
      fault ? reject(new Error(`could not make ${folder}: ${fault.message}`)) : resolve(),
    ),
  );
}
