import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const entries = { SCRIPT: "admin/src/main.js", STYLE: "admin/src/main.css", ICON: "admin/icon.svg" };

/**
 * Bundles admin/ of the application at `root` into the folder `outdir`. The same sources give the same bytes, so that a
 * build changes no release that its sources do not change: nothing of the time, the place or the machine is in it.
 */
export async function buildAdmin({ root = here, outdir = path.join(root, "admin/dist") } = {}) {
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build(options(root, outdir));
}

/** The same, and again whenever a source changes. */
export async function watchAdmin({ root = here, outdir = path.join(root, "admin/dist") } = {}) {
  rmSync(outdir, { recursive: true, force: true });
  await (await esbuild.context(options(root, outdir))).watch();
}

function options(root, outdir) {
  return {
    absWorkingDir: root,
    entryPoints: Object.values(entries),
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    loader: { ".svg": "copy" },
    // What is in a file is in its name, so clients may keep it for ever.
    entryNames: "assets/[name].[hash]",
    chunkNames: "assets/[name].[hash]",
    logLevel: "warning",
    plugins: [pagePlugin(root, outdir)],
  };
}

/** Writes index.html, which names the files of the build. */
function pagePlugin(root, outdir) {
  return {
    name: "page",
    setup(build) {
      build.onEnd(({ errors, metafile }) => {
        if (errors.length > 0) return;
        mkdirSync(outdir, { recursive: true });
        writeFileSync(path.join(outdir, "index.html"), pageOf(root, addresses(root, outdir, metafile)));
      });
    },
  };
}

/** {SCRIPT: "/assets/main.SJX2KQ7A.js", ...} */
function addresses(root, outdir, { outputs }) {
  const made = Object.entries(outputs).map(([file, { entryPoint }]) => {
    const address = `/${path.relative(outdir, path.resolve(root, file)).split(path.sep).join("/")}`;
    return [entryPoint, address];
  });
  const byEntry = Object.fromEntries(made.filter(([entryPoint]) => entryPoint !== undefined));
  return Object.fromEntries(Object.entries(entries).map(([mark, entry]) => [mark, byEntry[entry]]));
}

function pageOf(root, found) {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const [, hash] = /\.([A-Z0-9]+)\.js$/.exec(found.SCRIPT);
  const marks = { ...found, BUILD: `${version} (${hash})` };
  const template = readFileSync(path.join(root, "admin/index.html"), "utf8");
  return template.replace(/%([A-Z]+)%/g, (_whole, mark) => {
    if (marks[mark] === undefined)
      throw new Error(`admin/index.html asks for %${mark}%, which the build does not make`);
    return marks[mark];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAdmin();
