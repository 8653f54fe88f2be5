import { once } from "node:events";
import type { Writable } from "node:stream";

/**
 * A stream that its reader may close at any time, as `head` does. `ended` is aborted then; nothing is thrown.
 */
export class Output {
  constructor(
    private readonly stream: Writable,
    private readonly ended: AbortController,
  ) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      ended.abort();
    });
  }

  /** Resolves when the reader keeps up, or is gone. */
  async write(text: string): Promise<void> {
    if (text === "" || this.ended.signal.aborted || this.stream.write(text)) return;
    await once(this.stream, "drain", { signal: this.ended.signal }).catch(() => undefined);
  }
}
