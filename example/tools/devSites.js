import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import express from "express";

// A cluster's default policy but for upgrade-insecure-requests: here is no https.
const policy = (nonce) =>
  [
    "default-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    ...(nonce ? [`script-src 'self' 'nonce-${nonce}'`, `style-src 'self' 'nonce-${nonce}'`] : []),
  ].join("; ");

/**
 * In development, does what nginx does on a node: serves the sites of trivet.yaml, each under its own name, SITE.localhost,
 * and leaves the rest to the application.
 */
export function devSites(root, sites) {
  const byHost = new Map(Object.entries(sites).map(([name, entry]) => [`${name}.localhost`, siteOf(root, entry)]));
  return (request, response, next) => (byHost.get(request.hostname) ?? passOn)(request, response, next);
}

const passOn = (_request, _response, next) => next();

function siteOf(root, { static: folder, spa, api = [], scripts }) {
  const directory = path.join(root, spa ?? folder);
  const files = express.static(directory, { index: spa ? false : "index.html", redirect: false });
  const page = async (name, status, response) => {
    const html = await readFile(path.join(directory, name), "utf8").catch(() => "Not found; has this been built?");
    const nonce = scripts === "nonce" ? randomUUID() : undefined;
    response
      .status(status)
      .type("html")
      .set({ "Content-Security-Policy": policy(nonce), "Cache-Control": "no-cache" });
    response.send(nonce ? html.replaceAll("__CSP_NONCE__", nonce) : html);
  };

  return (request, response, next) => {
    if (api.some((prefix) => request.path.startsWith(prefix))) return next();
    response.set("Content-Security-Policy", policy());
    const isPage = spa && (request.path === "/index.html" || path.extname(request.path) === "");
    if (isPage) return page("index.html", 200, response);
    return files(request, response, () => (spa ? response.status(404).end() : page("404.html", 404, response)));
  };
}
