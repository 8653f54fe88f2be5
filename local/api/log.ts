import type { RequestHandler } from "express";

/**
 * One line for each event: an ISO time, the kind, the text. A request's text is `METHOD /path STATUS N ms`, without the
 * query; neither bodies nor headers are ever written.
 */
export type Log = (kind: "request" | "notice" | "error", text: string) => void;

/** A log that writes its lines to a stream, such as the process's standard output. */
export function streamLog(stream: { write(line: string): unknown }): Log {
  return (kind, text) => stream.write(`${new Date().toISOString()} ${kind} ${text.replaceAll("\n", " ")}\n`);
}

export function requestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    const { method, path } = request;
    response.on("finish", () => {
      log("request", `${method} ${path} ${response.statusCode} ${Math.round(performance.now() - begun)} ms`);
    });
    next();
  };
}
