import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../clients";
import { accepted, Failure, objectIn } from "../exchange";
import { Connection } from "../http1";

const pieceBytes = 64 * 1024;
/** What bodies are made of; each begins with bytes of its own, so that no two are the same. */
const filling = randomBytes(pieceBytes);

/** A body of random size that is sent slowly, and whose digest the answer must have. */
export async function uploads({ spec, course, tally, interval, settings }: Clients<"upload">): Promise<void> {
  const connection = new Connection(spec, course.over, () => tally.note("upload", "stale"));
  const what = `upload to ${settings.path}`;
  await course.repeat(interval, async () => {
    const bytes = Math.round(between(settings.megabytes) * 1e6);
    const seconds = between(settings.seconds);
    const hash = createHash("sha256");
    const headers = { "content-type": "application/octet-stream", "content-length": String(bytes) };
    await tally.count("upload", what, async () => {
      const body = Readable.from(pieces(bytes, seconds, (piece) => hash.update(piece)));
      const request = { what, method: "POST", path: settings.path, headers } as const;
      const answer = await connection.exchange(request, { body, timeoutSeconds: seconds + spec.timeoutSeconds });
      const origin = accepted(answer);
      const { size, sha256 } = objectIn(answer.body.toString());
      if (size !== bytes) throw new Failure("another size came", origin);
      if (sha256 !== hash.digest("hex")) throw new Failure("another SHA-256 came", origin);
      return origin;
    });
  });
  connection.close();
}

/** The body in pieces, spread over so many seconds. */
async function* pieces(bytes: number, seconds: number, sent: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  const began = performance.now();
  for (let at = 0; at < bytes; at += pieceBytes) {
    const piece = Buffer.from(filling.subarray(0, bytes - at));
    randomBytes(Math.min(16, piece.length)).copy(piece);
    sent(piece);
    yield piece;
    const due = began + (seconds * 1000 * (at + piece.length)) / bytes;
    if (due > performance.now()) await sleep(due - performance.now());
  }
}

const between = ([least, most]: [number, number]) => least + Math.random() * (most - least);
