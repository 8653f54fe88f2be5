import type { Client, ExecOptions } from "ssh2";
import type { Output } from "./output";

/** How a remote command ended: its exit status, or the signal that killed it. */
export interface End {
  code: number | null;
  signal?: string;
}

/** Runs one command to its end. Aborting closes the connection: the far side gets a hang-up. */
export function finished(
  client: Client,
  command: string,
  options: ExecOptions,
  stdin: string,
  output: Output,
  signal: AbortSignal,
): Promise<End> {
  return new Promise((resolve, reject) => {
    let end: End | undefined;
    const abort = () => {
      client.destroy();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const settle = (action: () => void) => {
      signal.removeEventListener("abort", abort);
      output.stdout.end();
      output.stderr.end();
      action();
    };
    const lost = () => settle(() => reject(new Error("the connection was lost before the command ended")));
    client.once("close", lost);

    client.exec(command, options, (fault, channel) => {
      if (fault) return settle(() => reject(fault));
      channel.on("data", (chunk: Buffer) => output.stdout.write(chunk));
      channel.stderr.on("data", (chunk: Buffer) => output.stderr.write(chunk));
      channel.on("exit", (code: number | null, name?: string) => (end = { code, signal: name }));
      channel.on("close", () => {
        client.removeListener("close", lost);
        if (end) return settle(() => resolve(end as End));
        settle(() => reject(new Error("the command ended without an exit status")));
      });
      // A command that doesn't read its input closes it early; that is no fault.
      channel.on("error", () => undefined);
      channel.end(stdin);
    });
  });
}
