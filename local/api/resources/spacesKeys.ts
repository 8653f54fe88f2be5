import { randomBytes } from "node:crypto";
import { Router } from "express";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { found } from "../errors";
import { paged } from "../paging";
import { now, type Records, type SpacesKey } from "../records";
import { checked } from "../validation";

const keyBody = z.object({
  name: z.string().min(1).max(255),
  grants: z
    .array(
      z.object({
        bucket: z.string().default(""),
        permission: z.enum(["", "read", "readwrite", "fullaccess"], "must be read, readwrite or fullaccess"),
      }),
    )
    .default([]),
});

const keyJson = ({ name, accessKey, grants, createdAt }: SpacesKey) => ({
  name,
  access_key: accessKey,
  grants,
  created_at: createdAt,
});

/** Keys for object storage. A key's secret half is told once, in the answer that made it. */
export function spacesKeyRoutes({ books }: Cloud): Router {
  const router = Router();
  const keyNamed = (records: Readonly<Records>, accessKey: string) =>
    found(records.spacesKeys.find((key) => key.accessKey === accessKey));

  router.get("/", (request, response) => {
    response.json(paged(request, "keys", books.now.spacesKeys.map(keyJson)));
  });

  router.post("/", (request, response) => {
    const body = checked(keyBody, request.body);
    const key = books.change((records) => {
      const created: SpacesKey = {
        ...body,
        accessKey: `DO${randomBytes(9).toString("hex").toUpperCase()}`,
        secretKey: randomBytes(32).toString("base64url"),
        createdAt: now(),
      };
      records.spacesKeys.push(created);
      return created;
    });
    response.status(201).json({ key: { ...keyJson(key), secret_key: key.secretKey } });
  });

  router.get("/:key", (request, response) => {
    response.json({ key: keyJson(keyNamed(books.now, request.params.key)) });
  });

  router.put("/:key", (request, response) => {
    const key = books.change((records) =>
      Object.assign(keyNamed(records, request.params.key), checked(keyBody, request.body)),
    );
    response.json({ key: keyJson(key) });
  });

  router.delete("/:key", (request, response) => {
    books.change((records) => {
      const { accessKey } = keyNamed(records, request.params.key);
      records.spacesKeys = records.spacesKeys.filter((key) => key.accessKey !== accessKey);
    });
    response.status(204).end();
  });

  return router;
}
