import { styleText } from "node:util";
import type { LogEntry } from "./entry";
import { serviceNames } from "./services";

export type Show = (entry: LogEntry) => string;

/** One JSON object a line. */
export const showJson: Show = ({ node, time, service, message }) =>
  `${JSON.stringify({ node, time: timeText(time), service, message })}\n`;

const colours = ["cyan", "yellow", "green", "magenta", "blue", "red"] as const;
const serviceWidth = Math.max(...serviceNames.map((name) => name.length));

/** Lines for people: each of a message's own lines behind its time, node and service. */
export function showText(nodes: readonly string[], { colour }: { colour: boolean }): Show {
  const nodeWidth = Math.max(...nodes.map((name) => name.length));
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return ({ node, time, service, message }) => {
    const name = paint(colours[Math.max(0, nodes.indexOf(node)) % colours.length]!, node.padEnd(nodeWidth));
    const start = `${paint("dim", timeText(time))} ${name} ${paint("dim", service.padEnd(serviceWidth))} `;
    const lines = message.replace(/\n$/, "").split("\n");
    return lines.map((line) => `${start}${harmless(line)}\n`).join("");
  };
}

const timeText = (time: number): string => new Date(time).toISOString();

/** What a client sent may be in a log, and must not steer the terminal. */
function harmless(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
