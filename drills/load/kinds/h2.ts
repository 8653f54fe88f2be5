import type { Clients } from "../clients";
import { Session } from "../http2";
import { pageRequest } from "../requests";

/** An HTTP/2 session with several requests at once. */
export async function session({ spec, course, tally, interval, settings }: Clients<"h2">): Promise<void> {
  const session = new Session(spec, course.over, () => tally.note("h2", "stale"));
  const stream = () =>
    course.repeat(interval * settings.streams, async () => {
      const request = pageRequest(spec);
      await tally.count("h2", request.what, () => session.deliver(request, () => tally.note("h2", "repeated")));
    });
  await Promise.all(Array.from({ length: settings.streams }, stream));
  session.close();
}
