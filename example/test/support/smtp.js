import { once } from "node:events";
import { createServer } from "node:net";

/**
 * An SMTP server that keeps what it takes in `taken` (texts). `answers(step, to)` may return another answer than the
 * usual one for a step ("CONNECT", "MAIL", "RCPT", "DATA", "."), or null to close the connection; at ".", the mail has
 * been taken by then. Resolves to {port, taken, close}.
 */
export async function serveSmtp(answers = () => undefined, port = 0) {
  const sockets = new Set();
  const taken = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let text = "";
    let to;
    let inData = false;

    function answer(step, usual) {
      const line = answers(step, to);
      if (line === null) socket.destroy();
      else socket.write(`${line ?? usual}\r\n`);
      return line === undefined;
    }
    const commands = {
      EHLO: () => socket.write("250 sink\r\n"),
      MAIL: () => answer("MAIL", "250 ok"),
      RCPT: (line) => {
        to = /<(.*?)>/.exec(line)[1];
        answer("RCPT", "250 ok");
      },
      DATA: () => {
        inData = answer("DATA", "354 go on");
      },
      QUIT: () => socket.end("221 bye\r\n"),
    };
    function end(message) {
      inData = false;
      const line = answers(".", to);
      if (!line || line.startsWith("2")) taken.push(message);
      if (line === null) socket.destroy();
      else socket.write(`${line ?? "250 taken"}\r\n`);
    }

    socket.on("data", (chunk) => {
      text += chunk;
      for (;;) {
        const mark = inData ? "\r\n.\r\n" : "\r\n";
        const at = text.indexOf(mark);
        if (at < 0) return;
        const part = text.slice(0, at);
        text = text.slice(at + mark.length);
        if (inData) end(part);
        else commands[part.slice(0, 4).toUpperCase()](part);
      }
    });
    answer("CONNECT", "220 sink");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: server.address().port, taken, close };
}
