import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";

/** A program of ours as one file that needs nothing but Node.js. */
export interface Bundle {
  /** Where it lies on the machine that runs Pulumi. */
  file: string;
  /** Of its content, in hexadecimal. */
  sha256: string;
}

const root = path.join(__dirname, "..");
const folder = path.join(root, "node_modules", ".cache", "trivet");

/** Bundles <name>/main.ts. The same source gives the same file. @throws Error when it does not compile */
export function bundle(name: string): Bundle {
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [path.join(root, name, "main.ts")],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // Optional parts of the library pg.
    external: ["pg-native", "pg-cloudflare"],
    write: false,
    logLevel: "silent",
  });
  const content = outputFiles[0]!.contents;
  const file = path.join(folder, `${name}.cjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, content);
  return { file, sha256: createHash("sha256").update(content).digest("hex") };
}
