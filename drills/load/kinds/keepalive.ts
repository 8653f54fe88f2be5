import type { Clients } from "../clients";
import { Connection } from "../http1";
import { pageRequest } from "../requests";

/** How often a client rests after a request. */
const restShare = 0.05;

/** A connection that is kept, with one request after the other, and at times none for a while. */
export async function kept({ spec, course, tally, interval, settings }: Clients<"keepalive">): Promise<void> {
  const connection = new Connection(spec, course.over, () => tally.note("keepalive", "stale"));
  await course.pause(Math.random() * settings.arriveSeconds * 1000);
  await course.repeat(interval, async () => {
    const request = pageRequest(spec);
    await tally.count("keepalive", request.what, () => connection.send(request));
    if (Math.random() < restShare) await course.pause(Math.random() * settings.idleSeconds * 1000);
  });
  connection.close();
}
