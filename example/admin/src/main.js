import { createApi } from "./api.js";
import { startLive } from "./live.js";
import { startRouter } from "./router.js";
import { createState } from "./state.js";
import { showStatus } from "./status.js";
import { notFound } from "./views/notFound.js";
import { notes } from "./views/notes.js";
import { overview } from "./views/overview.js";

const { document, fetch, location, WebSocket } = globalThis;

const context = {
  api: createApi((...words) => fetch(...words)),
  state: createState({ online: false, who: undefined, counts: undefined, firstRelease: undefined }),
  build: globalThis.build ?? "unknown",
};

const routes = {
  "/": { title: "Overview", load: async () => overview },
  "/notes": { title: "Notes", load: async () => notes },
  // A file of its own. A page that was loaded before a release still asks for the older one, and gets it.
  "/about": { title: "About", load: async () => (await import("./views/about.js")).about },
};

showStatus(document, context.state, () => location.reload());
startRouter({ window: globalThis, routes, notFound, context });
startLive({
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/api/live`),
  heard({ type, ...facts }) {
    if (type === "hello") {
      const firstRelease = context.state.get().firstRelease ?? facts.release;
      context.state.set({ who: facts, firstRelease });
    }
    if (type === "counts") context.state.set({ counts: facts });
  },
  changed: (online) => context.state.set({ online }),
});
