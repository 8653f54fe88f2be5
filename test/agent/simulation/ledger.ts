import type { Server } from "./server";
import type { Time } from "./time";

interface Line {
  at: number;
  node: string;
  what: string;
  details: Record<string, unknown>;
}

/** What the clients were told, and what everyone said, in the order of time. */
export class Ledger {
  readonly violations: string[] = [];
  onAcknowledged: (server: Server) => void = () => undefined;
  private readonly ids = new Set<string>();
  private readonly reigns = new Set<number>();
  private reign = 0;
  private readonly lines: Line[] = [];

  constructor(private readonly time: Time) {}

  get count(): number {
    return this.ids.size;
  }

  /** A commit was acknowledged: whoever does so must have all that ever was, and nobody else may have done so since it began. */
  acknowledged(server: Server, id: string): void {
    if (server.reign !== this.reign) {
      if (this.reigns.has(server.reign))
        this.violated(`${server.node} acknowledges writes although another primary has begun to`);
      this.reigns.add(server.reign);
      this.reign = server.reign;
      this.note(server.node, "--- first acknowledged", { id });
      this.compare(server, "acknowledges its first write");
    }
    this.ids.add(id);
    this.onAcknowledged(server);
  }

  /** Whether a server's log has everything that was acknowledged, once. */
  compare(server: Server, when: string): void {
    const there = new Set<string>();
    for (const { id } of server.data.log) {
      if (id === null) continue;
      if (there.has(id)) this.violated(`${server.node} has ${id} twice`);
      there.add(id);
    }
    const lost = [...this.ids].filter((id) => !there.has(id));
    if (lost.length > 0)
      this.violated(
        `${server.node} ${when} and has lost ${lost.length} acknowledged writes: ${lost.slice(0, 5).join(", ")}`,
      );
  }

  violated(what: string): void {
    if (this.violations.length < 10) this.violations.push(`${(this.time.now / 1000).toFixed(3)} s: ${what}`);
    this.note("", `!!! ${what}`);
  }

  note(node: string, what: string, details: Record<string, unknown> = {}): void {
    this.lines.push({ at: this.time.now, node, what, details });
  }

  text(): string {
    return this.lines
      .map(({ at, node, what, details }) => {
        const rest = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : "";
        return `${(at / 1000).toFixed(3).padStart(9)} ${node.padEnd(8)} ${what}${rest}`;
      })
      .join("\n");
  }
}
