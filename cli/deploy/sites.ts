import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { UserError } from "../errors";
import { inlineHashes, ownDirectives, policy, type Inline } from "./csp";

const folder = z
  .string({ error: "must be a folder's path" })
  .regex(
    /^(?!node_modules(\/|$))[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    "must be a folder within the application, such as admin/dist: letters, digits, dots, dashes, underscores, and no hidden ones",
  );

const prefix = z
  .string({ error: "must be a path" })
  .regex(
    /^(?!\/\.trivet)(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+\/?$/,
    "must be a path's beginning, such as /api/: letters, digits, dots, dashes, underscores, tildes, and not under /.trivet",
  );

/** What a site serves: a release's files, or what the workers answer. One entry under `sites` of trivet.yaml. */
export const siteEntry = z
  .strictObject({
    /** A folder that is served as files; what is not there is 404. */
    static: folder.optional(),
    /** The same, but paths without an extension get the folder's index.html: the page itself finds its way. */
    spa: folder.optional(),
    /** Everything goes to the workers. What a site without an entry does, too. */
    workers: z.literal(true, "must be true, or left out").optional(),
    /** With `static` or `spa`: beginnings of paths that go to the workers. */
    api: z
      .array(prefix, { error: "must be a list of paths" })
      .refine((paths) => new Set(paths).size === paths.length, "must name each path once")
      .optional(),
    /** With `static` or `spa`: how inline scripts and styles are allowed. Default none: not at all. */
    scripts: z.enum(["none", "nonce", "hash"], { error: "must be none, nonce or hash" }).optional(),
    /** Directives over the default content security policy. With `workers`: for answers without a policy of their own. */
    csp: ownDirectives.optional(),
  })
  .superRefine((entry, context) => {
    const fault = (message: string) => context.addIssue({ code: "custom", message });
    const given = [entry.static, entry.spa, entry.workers].filter((value) => value !== undefined);
    if (given.length !== 1) fault("must have exactly one of static, spa and workers");
    else if (entry.workers && entry.api) fault("must have no api, since everything goes to the workers");
    else if (entry.workers && entry.scripts) fault("must have no scripts, since the workers write their own pages");
  });

export type SiteEntry = z.infer<typeof siteEntry>;

/** A release that is about to be shipped. */
export interface BuiltRelease {
  /** Where its files are here, after the build. */
  directory: string;
}

/** Beyond this many inline scripts and styles, their hashes make a header that clients refuse. */
const mostHashes = 100;

/** What keeps a site from being served out of a directory; each a sentence. Nothing does for one of the workers'. */
export function siteFaults(site: string, entry: SiteEntry | undefined, directory: string): string[] {
  const served = entry?.static ?? entry?.spa;
  if (entry === undefined || served === undefined) return [];
  const kind = entry.spa ? "spa" : "static";
  const at = path.join(directory, served);
  if (!statSync(at, { throwIfNoEntry: false })?.isDirectory())
    return [`sites.${site}.${kind} is "${served}", which is not a folder of the application once it is built.`];
  if (entry.spa && !statSync(path.join(at, "index.html"), { throwIfNoEntry: false })?.isFile())
    return [`sites.${site}.spa is "${served}", which has no index.html once the application is built.`];
  if (entry.scripts !== "hash") return [];
  const { scripts, styles } = hashesOf(at);
  const count = scripts.length + styles.length;
  if (count <= mostHashes) return [];
  return [
    `sites.${site}.scripts is "hash", and the pages in "${served}" have ${count} different inline scripts and styles; wanted at most ${mostHashes}, or "nonce".`,
  ];
}

/**
 * nginx's settings for a site: what its server includes. It says which policy its pages have, and what is served from
 * where; the rest is in snippets of the role nginx. It is the same for every release of a site that stays as it is, so
 * that nginx has nothing to take up; but not with `scripts: hash`, where it changes with every inline script.
 * @throws UserError with every sentence of siteFaults
 */
export function siteConfig(site: string, entry: SiteEntry | undefined, release: BuiltRelease): string {
  if (!/^[a-z][a-z0-9-]*$/.test(site)) throw new Error(`"${site}" is not a site's name.`);
  const faults = siteFaults(site, entry, release.directory);
  if (faults.length > 0)
    throw new UserError(`The site ${site} cannot be served.`, faults.map((fault) => `  - ${fault}`).join("\n"));
  const lines = [`# The site ${site}, as the application's trivet.yaml has it.`];
  const served = entry?.static ?? entry?.spa;
  if (entry === undefined || served === undefined) {
    if (entry?.csp) lines.push(...setPolicy(policy(entry.csp)));
    lines.push(...location("/", [workers]));
  } else {
    lines.push(...setPolicy(policy(entry.csp, inlineOf(entry, path.join(release.directory, served)))));
    for (const prefix of entry.api ?? []) lines.push(...location(`^~ ${prefix}`, [workers]));
    lines.push(...files(site, entry, served));
  }
  return lines.join("\n") + "\n";
}

const snippet = (name: string) => `include /etc/nginx/snippets/${name}.conf;`;
const workers = snippet("workers");

function location(matching: string, lines: string[]): string[] {
  return [`location ${matching} {`, ...lines.map((line) => `  ${line}`), "}"];
}

/** A folder's locations: the current release's files first, then those of earlier ones for whoever has an older page. */
function files(site: string, entry: SiteEntry, served: string): string[] {
  const current = `root /srv/app/current/${served};`;
  const shared = `root /srv/app/shared/${site};`;
  const nonce = entry.scripts === "nonce" ? [snippet("nonce")] : [];
  const page = location(String.raw`~ \.html$`, [snippet("page"), ...nonce, current, "try_files $uri =404;"]);
  const hidden = location(String.raw`~ /\.(?!well-known/)`, ["return 404;"]);
  if (entry.static)
    return [
      ...hidden,
      ...page,
      // A folder without a page leads to nothing.
      ...location("/", [
        snippet("static"),
        current,
        "index index.html /.trivet/nothing;",
        "try_files $uri $uri/ @shared;",
      ]),
      ...location("@shared", [snippet("static"), shared, "try_files $uri =404;"]),
    ];
  return [
    ...hidden,
    ...page,
    ...location("/", [snippet("static"), current, "try_files $uri @shared;"]),
    ...location("@shared", [snippet("static"), shared, "try_files $uri @page;"]),
    // A file that is not there must not be answered with a page.
    ...location("@page", [String.raw`if ($uri ~ "\.[^/]*$") {`, "  return 404;", "}", "rewrite ^ /index.html last;"]),
  ];
}

/** nginx takes no word of more than 4096 characters, so a long policy is put together. */
function setPolicy(text: string): string[] {
  const pieces = text.match(/.{1,2000}(?= |$) ?/g) ?? [];
  return pieces.map((piece, at) => `set $csp "${at === 0 ? "" : "$csp"}${piece}";`);
}

function inlineOf(entry: SiteEntry, directory: string): Inline {
  if (entry.scripts === "nonce") return { scripts: ["'nonce-$request_id'"], styles: ["'nonce-$request_id'"] };
  return entry.scripts === "hash" ? hashesOf(directory) : { scripts: [], styles: [] };
}

function hashesOf(directory: string): Inline {
  const pages = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
    .map((entry) => inlineHashes(readFileSync(path.join(entry.parentPath, entry.name), "utf8")));
  const all = (kind: keyof Inline) => [...new Set(pages.flatMap((page) => page[kind]))].sort();
  return { scripts: all("scripts"), styles: all("styles") };
}
