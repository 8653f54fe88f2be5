import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { RequestHandler } from "express";
import { unauthorized } from "./errors";

/** The token in a file (mode 0600), made up and written there if the file is missing. */
export function tokenFrom(file: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    // "dop_v1_" and 64 hexadecimal digits is the form of DigitalOcean's tokens, which some clients look for.
    fs.writeFileSync(file, `dop_v1_${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const token = fs.readFileSync(file, "utf8").trim();
  if (!token) throw new Error(`The token file ${file} is empty. Remove it, and a new token is made.`);
  return token;
}

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Lets only requests with the bearer token pass. Digests are compared, so that time tells nothing about the token. */
export function requireToken(token: string): RequestHandler {
  const wanted = digest(token);
  return (request, _response, next) => {
    const given = /^Bearer (.+)$/i.exec(request.get("authorization") ?? "")?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), wanted)) throw unauthorized();
    next();
  };
}
