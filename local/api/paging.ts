import type { Request } from "express";
import { z } from "zod";
import { unprocessable } from "./errors";

const query = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(200).default(20),
});

/** One page of a list, with `links.pages` and `meta.total` as DigitalOcean gives them; `name` is the list's plural. */
export function paged<T>(request: Request, name: string, all: T[]): Record<string, unknown> {
  const asked = query.safeParse(request.query);
  if (!asked.success) throw unprocessable("page must be 1 or more, per_page 1 to 200");
  const { page, per_page } = asked.data;
  const last = Math.max(1, Math.ceil(all.length / per_page));
  const address = (number: number) => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.get("host") ?? "localhost"}`);
    url.searchParams.set("page", String(number));
    url.searchParams.set("per_page", String(per_page));
    return url.href;
  };
  const pages = {
    ...(page > 1 && { first: address(1), prev: address(Math.min(page - 1, last)) }),
    ...(page < last && { next: address(page + 1), last: address(last) }),
  };
  return {
    [name]: all.slice((page - 1) * per_page, page * per_page),
    links: Object.keys(pages).length > 0 ? { pages } : {},
    meta: { total: all.length },
  };
}
