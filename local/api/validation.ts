import { z } from "zod";
import { badRequest, unprocessable } from "./errors";

/**
 * The request's body, checked. A null counts as absent, since DigitalOcean's own client sends null for an empty list.
 * @throws ApiError 400 for a body that is no JSON object, 422 naming the first faulty field and what is wrong with it.
 */
export function checked<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badRequest("The request's body must be a JSON object, sent as application/json.");
  }
  const result = schema.safeParse(withoutNulls(body));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unprocessable(issue ? `${fieldName(issue.path)}${issue.message}` : "The request's body is invalid.");
}

/** forwarding_rules[0].entry_port: the way that a path is written in JSON's world. */
function fieldName(path: PropertyKey[]): string {
  const name = path.reduce<string>(
    (written, part) =>
      typeof part === "number" ? `${written}[${part}]` : `${written}${written && "."}${String(part)}`,
    "",
  );
  return name && `${name}: `;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}

export const port = z.int().min(1).max(65535);

export const tagName = z
  .string()
  .regex(/^[a-zA-Z0-9:\-_]{1,255}$/, "a tag has 1 to 255 letters, digits, colons, dashes and underscores");

/** Droplets' and balancers' names: what a host may be called. */
export const hostName = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[a-zA-Z0-9]?[a-zA-Z0-9.-]*[a-zA-Z0-9]$/,
    "only letters, digits, dots and dashes, with a letter or digit last",
  );
