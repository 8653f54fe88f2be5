import { element, table } from "../dom.js";

/** The counts, as the websocket tells them. */
export function overview(main, { state }) {
  const { ownerDocument: document } = main;
  const place = element(document, "div");
  main.append(element(document, "h1", {}, "Overview"), place);
  return state.watch(({ counts }) => {
    if (!counts) {
      place.replaceChildren("Waiting for the counts.");
      return;
    }
    const { notes, visits, events, eventsWaiting, mailsSent, mailsWaiting, mailsInDoubt } = counts;
    place.replaceChildren(
      table(document, {
        Notes: notes,
        Visits: visits,
        Events: events,
        "Events not in PostgreSQL yet": eventsWaiting,
        "Mails sent": mailsSent,
        "Mails waiting": mailsWaiting,
        "Mails in doubt": mailsInDoubt,
      }),
    );
  });
}
