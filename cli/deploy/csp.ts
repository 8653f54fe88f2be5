import { createHash } from "node:crypto";
import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes } from "parse5";
import { z } from "zod";

/** Those that are lists of sources. The rest of a policy is not an application's to set. */
const directives = [
  ..."default-src script-src script-src-elem script-src-attr style-src style-src-elem style-src-attr".split(" "),
  ..."img-src font-src connect-src media-src object-src frame-src child-src worker-src manifest-src".split(" "),
  ..."base-uri form-action frame-ancestors".split(" "),
];

const keyword =
  /^'(self|none|unsafe-inline|unsafe-eval|unsafe-hashes|strict-dynamic|wasm-unsafe-eval|report-sample|sha(256|384|512)-[A-Za-z0-9+/]+={0,2})'$/;
const scheme = /^[a-z][a-z0-9+.-]*:$/;
/** Not a keyword whose quotes were forgotten. */
const host =
  /^(?!(self|none|strict-dynamic|report-sample|(wasm-)?unsafe-[a-z]+)$)([a-z][a-z0-9+.-]*:\/\/)?(\*|(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:(\d{1,5}|\*))?(\/[A-Za-z0-9._~%/-]*)?$/;

const source = z
  .string({ error: "must be a text" })
  .max(500, "must have at most 500 characters")
  .refine((text) => keyword.test(text) || scheme.test(text) || host.test(text), {
    error: (issue) =>
      `is ${JSON.stringify(issue.input)}; it must be a host, a scheme such as data:, or a keyword in quotes such as 'self'`,
  });

/** A site's own directives of the content security policy: each stands in place of the default one of its name. */
export const ownDirectives = z.record(
  z.string().refine((name) => directives.includes(name), { error: `must be one of ${directives.join(", ")}` }),
  z.array(source, { error: "must be a list of sources" }).min(1, "must have a source; 'none' allows nothing"),
  { error: "must be a map of directives to lists of sources" },
);

export type OwnDirectives = z.infer<typeof ownDirectives>;

/** How inline scripts and styles are let through: sources for the one and the other. */
export interface Inline {
  scripts: readonly string[];
  styles: readonly string[];
}

const defaults: Readonly<OwnDirectives> = {
  "default-src": ["'self'"],
  "base-uri": ["'none'"],
  "object-src": ["'none'"],
  "frame-ancestors": ["'none'"],
  "form-action": ["'self'"],
};
const always = "upgrade-insecure-requests; report-uri /.trivet/csp-report";

/** The policy as a header's value: the defaults, the site's own directives, and what its inline code needs. */
export function policy(own: OwnDirectives = {}, inline: Inline = { scripts: [], styles: [] }): string {
  const all: Record<string, readonly string[]> = { ...defaults, ...own };
  allow(all, "script-src", inline.scripts);
  allow(all, "style-src", inline.styles);
  const list = Object.entries(all).map(([name, sources]) => `${name} ${sources.join(" ")}`);
  return [...list, always].join("; ");
}

/** Adds sources to a directive and to its variant for elements, which goes before it where there is one. */
function allow(all: Record<string, readonly string[]>, name: string, sources: readonly string[]): void {
  if (sources.length === 0) return;
  for (const directive of all[`${name}-elem`] ? [name, `${name}-elem`] : [name]) {
    const before = all[directive] ?? all["default-src"]!;
    all[directive] = [...before.filter((source) => source !== "'none'"), ...sources];
  }
}

type Node = DefaultTreeAdapterTypes.Node;

/** The hashes of every inline script and style of a page, as a policy's sources. */
export function inlineHashes(html: string): Inline {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (node: Node): void => {
    if (defaultTreeAdapter.isElementNode(node)) {
      const text = node.childNodes.map((child) => ("value" in child ? child.value : "")).join("");
      if (text && node.tagName === "style") styles.add(hashOf(text));
      if (text && node.tagName === "script" && runs(node)) scripts.add(hashOf(text));
      if ("content" in node) visit(node.content);
    }
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  // As for a browser without scripts, so that what is within <noscript> is seen as well.
  visit(parse(html, { scriptingEnabled: false }));
  return { scripts: [...scripts].sort(), styles: [...styles].sort() };
}

/** Whether a script is inline code; others are files, or data such as JSON. */
function runs(script: DefaultTreeAdapterTypes.Element): boolean {
  const attribute = (name: string) => script.attrs.find((attr) => attr.name === name)?.value;
  const type = (attribute("type") ?? "").trim().toLowerCase();
  const code = /^(module|importmap|speculationrules|(text|application)\/(x-)?(java|ecma)script)?$/;
  return attribute("src") === undefined && code.test(type);
}

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
