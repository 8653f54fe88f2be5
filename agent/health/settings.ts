import { readFile } from "node:fs/promises";

/** With what an agent asks the stores: users that may look, and nothing else. */
export interface StoreAccess {
  database: { user: string; password: string };
  redis: { username: string; password: string; sentinelUsername: string; sentinelPassword: string };
}

/** null where there is no such file. @throws Error when it is not JSON; what is in it is not shown */
export async function readStoreAccess(file: string): Promise<StoreAccess | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as StoreAccess;
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}
