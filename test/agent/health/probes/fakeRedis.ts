import { once } from "node:events";
import * as net from "node:net";

/** Answers a command with RESP; undefined: not at all. */
export type Replies = (command: string, words: string[]) => string | undefined;

/** A redis or sentinel that answers as a test says. */
export class FakeRedis {
  readonly heard: string[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((socket) => this.serve(socket));

  constructor(private readonly replies: Replies) {}

  async listen(): Promise<number> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return (this.server.address() as net.AddressInfo).port;
  }

  breakOff(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.breakOff();
    this.server.close();
  }

  private serve(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => void this.sockets.delete(socket)).on("error", () => undefined);
    let rest = "";
    socket.on("data", (part: Buffer) => {
      rest += part.toString();
      // *<count>, then each word as $<length> and itself.
      for (;;) {
        const lines = rest.split("\r\n");
        const count = Number(lines[0]?.slice(1));
        if (lines.length <= 2 * count + 1 || rest === "") return;
        const words = Array.from({ length: count }, (_, at) => lines[2 + 2 * at]!);
        rest = lines.slice(2 * count + 1).join("\r\n");
        this.heard.push(words.join(" "));
        const reply = this.replies(words[0]!.toLowerCase(), words);
        if (reply !== undefined) socket.write(reply);
      }
    });
  }
}

export const ok = "+OK\r\n";
export const list = (...words: string[]) => `*${words.length}\r\n${words.map(bulk).join("")}`;
export const bulk = (word: string) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`;
