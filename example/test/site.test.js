import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { URL } from "node:url";
import { parse } from "yaml";

const root = new URL("../", import.meta.url);
const read = (name) => readFileSync(new URL(name, root), "utf8");
const { sites, include } = parse(read("trivet.yaml"));
const pages = readdirSync(new URL("site/", root)).filter((name) => name.endsWith(".html"));

describe("the static site", () => {
  it("has a start and a page for what is not there", () => {
    for (const name of ["index.html", "404.html"]) assert.ok(pages.includes(name));
  });

  for (const name of pages) {
    it(`needs for ${name} nothing but its own files, and no script`, () => {
      const page = read(`site/${name}`);
      assert.doesNotMatch(page, /<script|<style|\sstyle=|\son[a-z]+=|javascript:/);
      const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
      assert.ok(links.length > 0);
      for (const link of links) {
        assert.match(link, /^\//);
        assert.ok(existsSync(new URL(`site${link === "/" ? "/index.html" : link}`, root)), link);
      }
    });
  }
});

describe("trivet.yaml", () => {
  it("names folders that git keeps, or that git ignores, the build makes and the release includes", () => {
    const ignored = read(".gitignore").split("\n");
    for (const { static: folder, spa } of Object.values(sites)) {
      const served = folder ?? spa;
      if (ignored.includes(`${served}/`)) assert.ok(include.includes(served), served);
      else assert.ok(existsSync(new URL(served, root)), served);
    }
  });
});
