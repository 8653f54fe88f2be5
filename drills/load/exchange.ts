import { isIP, type LookupFunction } from "node:net";
import type { LoadSpec } from "./spec";

/** One request as any kind sends it. */
export interface Request {
  /** "GET /api/about": how it is counted. */
  what: string;
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/** Who answered, where the answer says so. */
export interface Origin {
  node?: string;
  release?: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** A request that did not go as it should; its message is one of few, so that it can be counted. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly origin: Origin = {},
  ) {
    super(message);
  }
}

/** An error's code where it has one: messages hold addresses and ports, which differ each time. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Error && error.cause instanceof Error) return failureOf(error.cause);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  return new Failure([syscall, code].filter(Boolean).join(" ") || message || String(error));
}

/** Who sent a good answer. @throws Failure when its status is none of success or redirection */
export function accepted(answer: Answer): Origin {
  const origin = originOf(answer);
  if (answer.status < 200 || answer.status > 399) throw new Failure(`status ${answer.status}`, origin);
  return origin;
}

export function originOf({ headers, body }: Answer): Origin {
  const text = String(headers["content-type"] ?? "").includes("json") ? body.toString() : "";
  const said = originIn(text);
  return { node: said.node ?? one(headers["x-node"]), release: said.release ?? one(headers["x-release"]) };
}

/** The fields `node` and `release` of a JSON text; nothing where it is none. */
export function originIn(text: string): Origin {
  const { node, release } = objectIn(text);
  return {
    ...(typeof node === "string" && { node }),
    ...(typeof release === "string" && { release }),
  };
}

/** The fields of a JSON text that is an object; none where it is not. */
export function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** Options for any of Node.js' clients: the host's name stays in TLS and in the request, whatever address is taken. */
export function reaching({ address, ca }: LoadSpec): { ca?: string; lookup?: LookupFunction } {
  const family = isIP(address ?? "");
  return {
    ...(ca !== undefined && { ca }),
    ...(address !== undefined && {
      lookup: (_host, { all }, found) => (all ? found(null, [{ address, family }]) : found(null, address, family)),
    }),
  };
}
