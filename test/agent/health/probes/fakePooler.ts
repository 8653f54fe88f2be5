import { once } from "node:events";
import * as net from "node:net";

/** What a pooler does with a query: answers it, has it wait, fails it, or breaks off. */
export type Behaviour = "t" | "f" | "wait" | "error" | "break off";

const message = (type: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const number = (value: number, bytes: 2 | 4) => {
  const buffer = Buffer.alloc(bytes);
  return (bytes === 2 ? buffer.writeInt16BE(value) : buffer.writeInt32BE(value), buffer);
};
const text = (value: string) => Buffer.from(`${value}\0`);
const ready = message("Z", Buffer.from("I"));
const boolean = 16;

function answer(value: string): Buffer {
  const column = [
    text("primary"),
    number(0, 4),
    number(0, 2),
    number(boolean, 4),
    number(1, 2),
    number(-1, 4),
    number(0, 2),
  ];
  return Buffer.concat([
    message("T", Buffer.concat([number(1, 2), ...column])),
    message("D", Buffer.concat([number(1, 2), number(1, 4), Buffer.from(value)])),
    message("C", text("SELECT 1")),
    ready,
  ]);
}

/** Speaks just enough of PostgreSQL's protocol for one user with a password and simple queries. */
export class FakePooler {
  behaviour: Behaviour = "t";
  /** A line each: logins, queries. */
  readonly heard: string[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((socket) => this.serve(socket));

  async listen(): Promise<{ host: string; port: number }> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return { host: "127.0.0.1", port: (this.server.address() as net.AddressInfo).port };
  }

  get connections(): number {
    return this.sockets.size;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private serve(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => void this.sockets.delete(socket)).on("error", () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    let startup = true;
    socket.on("data", (part: Buffer) => {
      rest = Buffer.concat([rest, part]);
      for (;;) {
        const head = startup ? 0 : 1;
        if (rest.length < head + 4 || rest.length < head + rest.readInt32BE(head)) return;
        const end = head + rest.readInt32BE(head);
        const [type, body] = [startup ? "startup" : String.fromCharCode(rest[0]!), rest.subarray(head + 4, end)];
        rest = rest.subarray(end);
        startup = false;
        this.take(socket, type, body);
      }
    });
  }

  private take(socket: net.Socket, type: string, body: Buffer): void {
    if (type === "startup") {
      const words = body.subarray(4).toString().split("\0");
      this.heard.push(`login of ${words[words.indexOf("user") + 1]} to ${words[words.indexOf("database") + 1]}`);
      socket.write(message("R", number(3, 4)));
    } else if (type === "p") {
      const right = body.toString() === "secret\0";
      socket.write(right ? Buffer.concat([message("R", number(0, 4)), ready]) : failure("28P01"));
      if (!right) socket.end();
    } else if (type === "Q") {
      this.heard.push(body.toString().replace("\0", ""));
      if (this.behaviour === "break off") socket.destroy();
      else if (this.behaviour === "error") socket.write(Buffer.concat([failure("08P01"), ready]));
      else if (this.behaviour !== "wait") socket.write(answer(this.behaviour));
    }
  }
}

const failure = (code: string) =>
  message("E", Buffer.concat([text("SERROR"), text("VERROR"), text(`C${code}`), text("Mno"), Buffer.from("\0")]));
