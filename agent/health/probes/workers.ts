import * as http from "node:http";
import type { WorkerState } from "../look";

/** Asks one worker's check, in a connection of its own: that alone shows that it takes new ones. Never rejects. */
export function askWorker(port: number, path: string, patience: number): Promise<WorkerState> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patience);
    const request = http.get(
      { host: "127.0.0.1", port, path, agent: false, signal, headers: { "user-agent": "trivet-agent" } },
      (response) => {
        const { statusCode = 0 } = response;
        resolve(statusCode >= 200 && statusCode < 300 ? "well" : "unwell");
        // What it says beyond that is nobody's business.
        response.on("error", () => undefined).destroy();
      },
    );
    // One that is silent may be busy; where nothing listens, or what listens breaks off, nobody is.
    request.on("error", () => resolve(signal.aborted ? "unwell" : "dead"));
  });
}

/** Every worker at once, by its port. */
export async function askWorkers(
  ports: number[],
  path: string,
  patience: number,
): Promise<Record<string, WorkerState>> {
  const states = await Promise.all(ports.map((port) => askWorker(port, path, patience)));
  return Object.fromEntries(ports.map((port, at) => [String(port), states[at]!]));
}
