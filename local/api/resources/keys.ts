import { createHash } from "node:crypto";
import { Router } from "express";
import { utils } from "ssh2";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { paged } from "../paging";
import { nextId, type Key, type Records } from "../records";
import { checked } from "../validation";

const name = z.string().min(1).max(255);

const keyJson = ({ id, name, fingerprint, publicKey }: Key) => ({ id, name, fingerprint, public_key: publicKey });

/** MD5, colon-separated: how DigitalOcean names keys. */
function fingerprint(publicKey: string): string {
  const key = utils.parseKey(publicKey);
  if (key instanceof Error || key.isPrivateKey()) {
    throw unprocessable("public_key: Key invalid, key should be of the format `type key [comment]`");
  }
  const digest = createHash("md5").update(key.getPublicSSH()).digest("hex");
  return digest.match(/../g)?.join(":") ?? digest;
}

/** The key with this number or fingerprint. */
export function keyNamed(records: Readonly<Records>, idOrFingerprint: string | number): Key | undefined {
  return records.keys.find((key) => String(key.id) === String(idOrFingerprint) || key.fingerprint === idOrFingerprint);
}

export function keyRoutes({ books }: Cloud): Router {
  const router = Router();

  router.get("/", (request, response) => {
    response.json(paged(request, "ssh_keys", books.now.keys.map(keyJson)));
  });

  router.post("/", (request, response) => {
    const body = checked(z.object({ name, public_key: z.string() }), request.body);
    const key = books.change((records) => {
      const created: Key = {
        id: nextId(records, "key"),
        name: body.name,
        publicKey: body.public_key,
        fingerprint: fingerprint(body.public_key),
      };
      if (keyNamed(records, created.fingerprint)) throw unprocessable("SSH Key is already in use on your account");
      records.keys.push(created);
      return created;
    });
    response.status(201).json({ ssh_key: keyJson(key) });
  });

  router.get("/:key", (request, response) => {
    response.json({ ssh_key: keyJson(found(keyNamed(books.now, request.params.key))) });
  });

  router.put("/:key", (request, response) => {
    const key = books.change((records) => {
      const existing = found(keyNamed(records, request.params.key));
      existing.name = checked(z.object({ name }), request.body).name;
      return existing;
    });
    response.json({ ssh_key: keyJson(key) });
  });

  router.delete("/:key", (request, response) => {
    books.change((records) => {
      const { id } = found(keyNamed(records, request.params.key));
      records.keys = records.keys.filter((key) => key.id !== id);
    });
    response.status(204).end();
  });

  return router;
}
