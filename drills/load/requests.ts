import { randomUUID } from "node:crypto";
import type { Request } from "./exchange";
import type { LoadSpec } from "./spec";

/** The next request to a page: a GET, or one of the share of POSTs. Every one has an id that no other has. */
export function pageRequest({ run, getPath, postPath, postShare }: LoadSpec): Request {
  const id = randomUUID();
  const headers = { "x-load-id": `${run}/${id}`, accept: "application/json" };
  if (postPath === undefined || Math.random() >= postShare)
    return { what: `GET ${getPath}`, method: "GET", path: getPath, headers };
  const body = Buffer.from(JSON.stringify({ id, name: "load", text: `${run}/${id}` }));
  return {
    what: `POST ${postPath}`,
    method: "POST",
    path: postPath,
    headers: { ...headers, "content-type": "application/json", "content-length": String(body.length) },
    body,
  };
}
