import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { URL } from "node:url";
import { WebSocketServer } from "ws";
import { repeat } from "./repeat.js";

const PATH = "/api/live";
const LOOK_MS = 2_000;
// nginx gives up a websocket that says nothing for 60 seconds.
const PING_MS = 20_000;
const CLOSE_MS = 2_000;
const CLIENTS_MAX = 1_000;
const GOING_AWAY = 1001;

/**
 * The websocket /api/live. It says who answers, `{type: "hello", node, worker, release}`; the counts when they changed,
 * `{type: "counts", ...}`; and every 20 seconds `{type: "ping"}`, so that a page notices when a machine is gone without
 * a word. `close` tells everybody to come again somewhere else (1001), and resolves when they are gone, in 2 s at most.
 */
export function openLive(server, { who, counts, lookMs = LOOK_MS, pingMs = PING_MS }) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024 });
  const answered = new WeakSet();
  let latest;
  let closing = false;

  server.on("upgrade", (request, socket, head) => {
    const status = refusal(request);
    // Without an answer, nginx asks another worker.
    if (closing) socket.destroy();
    else if (status) refuse(socket, status);
    else sockets.handleUpgrade(request, socket, head, welcome);
  });

  function refusal({ url, headers }) {
    if (new URL(url, "http://worker").pathname !== PATH) return "404 Not Found";
    if (!isOwn(headers)) return "403 Forbidden";
    if (sockets.clients.size >= CLIENTS_MAX) return "503 Service Unavailable";
    return undefined;
  }

  function welcome(client) {
    answered.add(client);
    client.on("pong", () => answered.add(client));
    // It closes after an error by itself.
    client.on("error", () => {});
    client.send(JSON.stringify({ type: "hello", ...who }));
    if (latest) client.send(latest);
    looking.wake();
  }

  const looking = repeat("live", lookMs, async () => {
    if (sockets.clients.size === 0) return;
    const text = JSON.stringify({ type: "counts", ...(await counts()) });
    if (text === latest) return;
    latest = text;
    for (const client of sockets.clients) client.send(text);
  });

  const pinging = setInterval(() => {
    for (const client of sockets.clients) {
      if (!answered.delete(client)) {
        client.terminate();
        continue;
      }
      client.ping();
      client.send('{"type":"ping"}');
    }
  }, pingMs);

  return {
    async close() {
      closing = true;
      clearInterval(pinging);
      looking.stop();
      const clients = [...sockets.clients];
      const gone = clients.map((client) => new Promise((resolve) => client.once("close", resolve)));
      for (const client of clients) client.close(GOING_AWAY, "this worker stops");
      const late = setTimeout(() => clients.forEach((client) => client.terminate()), CLOSE_MS);
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
}

/** A browser lets any page open a websocket anywhere and says from where; a program need not say. */
function isOwn({ origin, host }) {
  if (origin === undefined) return true;
  return URL.canParse(origin) && URL.canParse(`http://${host}`) && hostOf(origin) === hostOf(`http://${host}`);
}

const hostOf = (url) => new URL(url).hostname;

function refuse(socket, status) {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
