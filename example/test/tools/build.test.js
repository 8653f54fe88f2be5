import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath, URL } from "node:url";
import { buildAdmin } from "../../tools/build.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the build", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "build-"));
  after(() => rmSync(folder, { recursive: true }));

  /** The same sources in another place. */
  function copy(name) {
    const to = path.join(folder, name);
    const isBuilt = (file) => file.includes(`${path.sep}dist`);
    cpSync(path.join(root, "admin"), path.join(to, "admin"), { recursive: true, filter: (file) => !isBuilt(file) });
    cpSync(path.join(root, "package.json"), path.join(to, "package.json"));
    return to;
  }
  /** {path: content} of what the build of the application at `from` makes. */
  async function built(from) {
    const outdir = path.join(from, "admin/dist");
    await buildAdmin({ root: from, outdir });
    const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => path.relative(outdir, path.join(entry.parentPath, entry.name))).sort();
    return Object.fromEntries(paths.map((file) => [file, readFileSync(path.join(outdir, file), "latin1")]));
  }

  it("makes the same bytes of the same sources, wherever they are and whatever was there before", async () => {
    const [one, other] = [copy("one"), copy("another-place")];
    const first = await built(one);
    writeFileSync(path.join(other, "admin/stale.js"), "");
    cpSync(path.join(one, "admin/dist"), path.join(other, "admin/dist"), { recursive: true });
    writeFileSync(path.join(other, "admin/dist/assets/main.OLDOLDOL.js"), "");
    assert.deepEqual(await built(other), first);
    assert.deepEqual(await built(one), first);
  });

  it("names every file but the page by its content, and the page names them", async () => {
    const changed = copy("changed");
    const before = await built(changed);
    const hashed = Object.keys(before).filter((file) => file !== "index.html");
    for (const file of hashed) assert.match(file, /^assets\/[a-z]+\.[A-Z0-9]{8}\.(js|css|svg)$/i);
    for (const name of ["main", "icon"]) {
      const file = hashed.find((candidate) => candidate.startsWith(`assets/${name}.`));
      assert.ok(before["index.html"].includes(`"/${file}"`), file);
    }

    const style = path.join(changed, "admin/src/main.css");
    writeFileSync(style, `${readFileSync(style, "utf8")}\nmain { margin: 0; }\n`);
    const now = await built(changed);
    const news = Object.keys(now).filter((file) => !(file in before));
    assert.equal(news.length, 1);
    assert.ok(now["index.html"].includes(news[0]));
    assert.ok(!Object.keys(now).some((file) => file in before && before[file] !== now[file] && file !== "index.html"));
  });

  it("keeps the view that few need in a file of its own", async () => {
    assert.ok(Object.keys(await built(copy("lazy"))).some((file) => file.startsWith("assets/about.")));
  });

  it("has one inline script, whose nonce is still to be put in, and nothing else that a strict policy forbids", async () => {
    const { "index.html": page } = await built(copy("page"));
    const scripts = [...page.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
    const inline = scripts.filter((attributes) => !attributes.includes("src="));
    assert.deepEqual(inline, [' nonce="__CSP_NONCE__"']);
    assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|javascript:|https?:|%[A-Z]+%/);
  });

  it("fails when the page asks for what it does not make", async () => {
    const broken = copy("broken");
    const page = path.join(broken, "admin/index.html");
    writeFileSync(page, readFileSync(page, "utf8").replace("%STYLE%", "%FONT%"));
    await assert.rejects(buildAdmin({ root: broken, outdir: path.join(broken, "dist") }), /%FONT%/);
  });
});
