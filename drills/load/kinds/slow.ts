import type { Clients } from "../clients";
import { Connection } from "../http1";

/** A request that takes long, one after the other, so that one is always in flight. */
export async function slow({ spec, course, tally, settings }: Clients<"slow">): Promise<void> {
  const { seconds } = settings;
  const connection = new Connection(spec, course.over, () => tally.note("slow", "stale"));
  const path = `${settings.path}?seconds=${seconds}`;
  const request = { what: `GET ${path}`, method: "GET", path, headers: { accept: "application/json" } } as const;
  await course.repeat(0, async () => {
    const timeoutSeconds = seconds + spec.timeoutSeconds;
    const good = await tally.count("slow", request.what, () => connection.send(request, { timeoutSeconds }));
    // A server that refuses at once is not asked without end.
    if (!good) await course.pause(1000);
  });
  connection.close();
}
