import type { Clients } from "../clients";
import { Connection } from "../http1";
import { pageRequest } from "../requests";

/** A new connection for every request. */
export async function fresh({ spec, course, tally, interval }: Clients<"new">): Promise<void> {
  await course.repeat(interval, async () => {
    const request = pageRequest(spec);
    const connection = new Connection(spec, course.over);
    await tally.count("new", request.what, () => connection.send(request));
    connection.close();
  });
}
