import { randomUUID } from "node:crypto";
import type { Clients } from "../clients";
import { Goodbye } from "../websocket";
import { Holder } from "../holder";

/** A websocket that is held open; where messages are sent on it, they must come back. */
export async function held(clients: Clients<"ws">): Promise<void> {
  const { spec, course, tally, settings } = clients;
  const holder = new Holder(clients);
  const holding = holder.hold();
  const { clients: sharing, messagesPerSecond } = settings;
  if (messagesPerSecond === undefined) await course.whenEnded();
  else
    await course.repeat((sharing * 1000) / messagesPerSecond, async () => {
      const id = `${spec.run}/${randomUUID()}`;
      await tally.count("ws", "message sent", async () => {
        const live = await holder.open();
        try {
          return await live.ask(id);
        } catch (error) {
          if (!(error instanceof Goodbye)) throw error;
          // Said while the server was saying goodbye: said again to its successor, once.
          tally.note("ws", "repeated");
          return (await holder.open(live)).ask(id);
        }
      });
    });
  holder.close();
  await holding;
}
