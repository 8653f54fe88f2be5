import { createHash } from "node:crypto";
import { expect } from "chai";
import { inlineHashes, ownDirectives, policy } from "../../../cli/deploy/csp";

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("a content security policy", () => {
  it("is safe by default", () => {
    expect(policy()).to.equal(
      "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; " +
        "upgrade-insecure-requests; report-uri /.trivet/csp-report",
    );
  });

  it("has a site's own directives in the place of the default ones", () => {
    const text = policy({ "form-action": ["'self'", "https://pay.test"], "connect-src": ["wss://*.trivet.test"] });
    expect(text.split("; ")).to.include.members([
      "form-action 'self' https://pay.test",
      "connect-src wss://*.trivet.test",
    ]);
    expect(text.match(/form-action/g)).to.have.length(1);
  });

  it("lets inline code through beside what was allowed before", () => {
    const inline = { scripts: ["'sha256-a'"], styles: ["'sha256-b'"] };
    const directives = (own = {}) => policy(own, inline).split("; ");
    expect(directives()).to.include.members(["script-src 'self' 'sha256-a'", "style-src 'self' 'sha256-b'"]);
    expect(directives({ "script-src": ["'none'"], "default-src": ["https:"] })).to.include.members([
      "script-src 'sha256-a'",
      "style-src https: 'sha256-b'",
    ]);
    expect(directives({ "script-src-elem": ["https:"] })).to.include.members([
      "script-src 'self' 'sha256-a'",
      "script-src-elem https: 'sha256-a'",
    ]);
  });

  const allowed = [
    "'self'",
    "'none'",
    "*",
    "data:",
    "https:",
    "cdn.test",
    "*.cdn.test:443",
    "https://cdn.test/a/b.js",
    "wss://x.test:*",
    hash("x"),
  ];
  for (const source of allowed)
    it(`may name ${source}`, () => expect(ownDirectives.safeParse({ "img-src": [source] }).success).to.equal(true));

  const refused = [
    "self",
    "'self",
    "'nonce-x'",
    "",
    "a b",
    "a;b",
    "a,b",
    'a"',
    "a\nb",
    "$request_id",
    "a\\",
    "{",
    "'sha256-$x'",
    "é.test",
    `${"a".repeat(501)}`,
  ];
  for (const source of refused)
    it(`may not name ${JSON.stringify(source).slice(0, 20)}`, () =>
      expect(ownDirectives.safeParse({ "img-src": [source] }).success).to.equal(false));

  it("has known directives, each with a source", () => {
    for (const own of [{ "img-scr": ["*"] }, { "report-uri": ["/x"] }, { "img-src": [] }, { "img-src": "*" }, []])
      expect(ownDirectives.safeParse(own).success, JSON.stringify(own)).to.equal(false);
  });
});

describe("a page's inline code", () => {
  it("is every script that runs and every style, as the browser reads them", () => {
    const html = `<!doctype html>
      <script>one()</script><script type="module">two()</script><script type="importmap">{}</script>
      <script src="/a.js">not this</script><script type="application/ld+json">nor this</script><script></script>
      <style>a{}</style><noscript><style>b{}</style></noscript><template><script>three()</script></template>
      <!-- <script>no()</script> --><p title="<script>no()</script>"><svg><style>c{}</style></svg>`;
    const { scripts, styles } = inlineHashes(html);
    expect(scripts).to.have.members(["one()", "two()", "{}", "three()"].map(hash));
    expect(styles).to.have.members(["a{}", "b{}", "c{}"].map(hash));
  });

  it("counts once, in a stable order, with line ends as the browser has them", () => {
    const { scripts } = inlineHashes("<script>b\r\nb</script><script>a</script><script>b\nb</script>");
    expect(scripts).to.deep.equal([hash("a"), hash("b\nb")].sort());
  });
});
