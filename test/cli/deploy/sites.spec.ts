import { expect } from "chai";
import { siteConfig, siteEntry, siteFaults, type SiteEntry } from "../../../cli/deploy/sites";
import type { UserError } from "../../../cli/errors";
import { folderWith } from "../support/folder";

const page = "<!doctype html><script>one()</script>";
const built = () => ({ directory: folderWith({ "site/index.html": page, "site/sub/a.html": "<style>a{}</style>" }) });

describe("a site's entry", () => {
  const sound: unknown[] = [
    { static: "site" },
    { spa: "admin/dist", api: ["/api/", "/graphql", "/.well-known/x"], scripts: "nonce", csp: { "img-src": ["*"] } },
    { workers: true },
    { workers: true, csp: { "img-src": ["*"] } },
  ];
  for (const entry of sound)
    it(`may be ${JSON.stringify(entry)}`, () => expect(siteEntry.parse(entry)).to.deep.equal(entry));

  const refused: [unknown, RegExp][] = [
    [{}, /exactly one of static, spa and workers/],
    [{ static: "a", spa: "b" }, /exactly one/],
    [{ api: ["/api/"] }, /exactly one/],
    [{ workers: false }, /true, or left out/],
    [{ workers: true, api: ["/api/"] }, /no api/],
    [{ workers: true, scripts: "hash" }, /no scripts/],
    [{ static: "a", colour: "green" }, /colour/],
    [{ static: "a", scripts: "all" }, /none, nonce or hash/],
    [{ static: "a", api: ["/api/", "/api/"] }, /each path once/],
    ...[
      "",
      ".",
      "..",
      "/etc",
      "../x",
      "a/../b",
      "a/",
      "a//b",
      ".git",
      "a/.env",
      "node_modules/x",
      "a b",
      "a;b",
      "a{",
      "$x",
      'a"',
      "a\n",
      "ä",
    ].map((folder): [unknown, RegExp] => [{ static: folder }, /a folder within the application/]),
    ...["", "/", "api", "/api/../x", "//x", "/a b", "/a;", "/a{", "/$x", '/a"', "/a\n", "/.trivet/x", "/a/./b"].map(
      (path): [unknown, RegExp] => [{ static: "a", api: [path] }, /a path's beginning/],
    ),
  ];
  for (const [entry, says] of refused)
    it(`may not be ${JSON.stringify(entry)}`, () => {
      const { error } = siteEntry.safeParse(entry);
      expect(error?.issues.map(({ message }) => message).join("\n")).to.match(says);
    });
});

describe("a site's settings for nginx", () => {
  const config = (entry: SiteEntry | undefined, release = built()) => siteConfig("www", entry, release);

  it("send everything to the workers where nothing else is said", () => {
    for (const entry of [undefined, siteEntry.parse({ workers: true })])
      expect(config(entry)).to.match(
        /^# .*\nlocation \/ \{\n {2}include \/etc\/nginx\/snippets\/workers\.conf;\n\}\n$/,
      );
  });

  it("give the workers' answers a policy only where one is asked for", () => {
    expect(config({ workers: true, csp: { "img-src": ["*"] } })).to.include("set $csp \"default-src 'self'");
  });

  it("serve a folder, with the files of earlier releases behind it, but no pages of theirs", () => {
    const text = config({ static: "site" });
    expect(text).to.include("root /srv/app/current/site;").and.to.include("root /srv/app/shared/www;");
    const pages = /location ~ \\\.html\$ \{([^}]*)\}/.exec(text)![1]!;
    expect(pages).to.include("try_files $uri =404;").and.not.to.include("shared");
    expect(text).not.to.include("/index.html last");
    expect(text).not.to.include("workers.conf");
  });

  it("serve a page of its own to every path of a spa that is no file's", () => {
    const text = config({ spa: "site" });
    expect(text).to.include("rewrite ^ /index.html last;");
    expect(text).to.match(/if \(\$uri ~ "\\\.\[\^\/\]\*\$"\) \{\s+return 404;/);
  });

  it("send some paths to the workers", () => {
    const text = config({ spa: "site", api: ["/api/", "/graphql"] });
    for (const path of ["/api/", "/graphql"])
      expect(text).to.include(`location ^~ ${path} {\n  include /etc/nginx/snippets/workers.conf;\n}`);
  });

  it("hide hidden files", () => {
    expect(config({ static: "site" })).to.include("location ~ /\\.(?!well-known/) {\n  return 404;\n}");
  });

  it("allow inline code by a number that is new with each answer, or by the hashes of all pages", () => {
    const policyOf = (scripts: SiteEntry["scripts"]) =>
      /set \$csp "(.*)";/.exec(config({ static: "site", scripts }))![1];
    expect(policyOf("nonce")).to.include("script-src 'self' 'nonce-$request_id'; style-src 'self' 'nonce-$request_id'");
    expect(policyOf("hash")).to.match(/script-src 'self' 'sha256-[^ ]+'; style-src 'self' 'sha256-[^ ]+';/);
    expect(policyOf("none")).not.to.include("script-src");
    expect(config({ static: "site", scripts: "nonce" })).to.include("include /etc/nginx/snippets/nonce.conf;");
    expect(config({ static: "site", scripts: "hash" })).not.to.include("nonce");
  });

  it("have no word that is too long for nginx, and the policy whole", () => {
    const pages = Array.from({ length: 90 }, (_, at) => `<script>page(${at})</script>`);
    const text = siteConfig(
      "www",
      { static: "site", scripts: "hash" },
      { directory: folderWith({ "site/a.html": pages.join("") }) },
    );
    for (const line of text.split("\n")) expect(line.length).to.be.lessThan(4096);
    const whole = [...text.matchAll(/set \$csp "(?:\$csp)?(.*)";/g)].map(([, piece]) => piece).join("");
    expect(whole).to.match(/^default-src 'self'; .*; report-uri \/\.trivet\/csp-report$/);
    expect(whole.match(/'sha256-[A-Za-z0-9+/]{43}='/g)).to.have.length(90);
  });

  it("are the same for another release of the same site, so that nginx has nothing to take up", () => {
    expect(config({ spa: "site", scripts: "nonce" })).to.equal(config({ spa: "site", scripts: "nonce" }));
  });

  const faults: [string, SiteEntry, Record<string, string>, RegExp][] = [
    ["no such folder", { static: "dist" }, { "a.txt": "" }, /sites\.www\.static is "dist", which is not a folder/],
    ["a file in its place", { spa: "dist" }, { dist: "" }, /sites\.www\.spa is "dist", which is not a folder/],
    ["no page for a spa", { spa: "dist" }, { "dist/a.js": "" }, /has no index\.html/],
    [
      "too much inline code",
      { static: "dist", scripts: "hash" },
      { "dist/a.html": Array.from({ length: 101 }, (_, at) => `<script>${at}</script>`).join("") },
      /101 different inline scripts and styles; wanted at most 100, or "nonce"/,
    ],
  ];
  for (const [name, entry, files, says] of faults)
    it(`are refused for ${name}`, () => {
      const directory = folderWith(files);
      expect(siteFaults("www", entry, directory)).to.have.length(1);
      expect(siteFaults("www", entry, directory)[0]).to.match(says);
      expect(() => siteConfig("www", entry, { directory }))
        .to.throw("The site www cannot be served.")
        .with.property("details")
        .that.matches(says);
    });

  it("are for a site's name alone", () => {
    for (const name of ["", "../x", "a b", "a;b"])
      expect(() => siteConfig(name, undefined, built())).to.throw("not a site's name");
  });

  it("tell all by one error", () => {
    let error: UserError | undefined;
    try {
      config({ static: "gone" });
    } catch (caught) {
      error = caught as UserError;
    }
    expect(error?.details).to.match(/^ {2}- sites\.www\.static/);
  });
});
