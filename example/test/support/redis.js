import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createServer } from "node:tls";

/** A certificate for 127.0.0.1 that is its own authority. */
export function makeCertificate(folder, name) {
  const [key, cert] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.crt`)];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=redis".split(" ");
  const files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  execFileSync("openssl", [...request, ...files], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/**
 * A server that speaks as much of redis's protocol as the application's client needs, over TLS. `answer` takes a
 * command's words and returns an encoded reply. Resolves to {port, hangUp, close}.
 */
export async function serveRedis(certificate, answer) {
  const sockets = new Set();
  const server = createServer(certificate, (socket) => {
    sockets.add(socket);
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk;
      for (let taken = takeCommand(text); taken; taken = takeCommand(text)) {
        text = taken.rest;
        socket.write(answer(taken.words));
      }
    });
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    hangUp();
    server.close();
  };
  return { port: server.address().port, hangUp, close };
}

export const reply = {
  text: (value) => `$${value.length}\r\n${value}\r\n`,
  number: (value) => `:${value}\r\n`,
  list: (values) => `*${values.length}\r\n${values.map(reply.text).join("")}`,
  error: (message) => `-${message}\r\n`,
  hello: () => "%1\r\n$5\r\nproto\r\n:3\r\n",
};

/** The first complete command of a buffer: "*2\r\n$3\r\nGET\r\n$6\r\nvisits\r\n". */
function takeCommand(text) {
  const header = /^\*(\d+)\r\n/.exec(text);
  if (!header) return undefined;
  let rest = text.slice(header[0].length);
  const words = [];
  for (let left = Number(header[1]); left > 0; left--) {
    const size = /^\$(\d+)\r\n/.exec(rest);
    if (!size) return undefined;
    const end = size[0].length + Number(size[1]);
    if (rest.length < end + 2) return undefined;
    words.push(rest.slice(size[0].length, end));
    rest = rest.slice(end + 2);
  }
  return { words, rest };
}
