import { isIP } from "node:net";
import { z } from "zod";

/** One way in which clients use a site. Each is counted for itself. */
export const kinds = ["new", "keepalive", "h2", "ws", "upload", "slow"] as const;
export type Kind = (typeof kinds)[number];

const whole = (least: number, most: number) => z.int().min(least).max(most);
const path = z.string().startsWith("/");

const paced = {
  /** How many act at once. */
  clients: whole(1, 2_000),
  /**
   * Requests a second of all these clients together. Each begins its requests at random moments that far apart on average,
   * and never the next one before the last one's answer; so a slow server gets fewer.
   */
  perSecond: z.number().positive(),
};

const traffic = z.strictObject({
  /** A new connection for every request. */
  new: z.strictObject(paced).optional(),
  /** HTTP/1.1 connections that are kept, each with one request after the other. */
  keepalive: z
    .strictObject({
      ...paced,
      /** Every twentieth request or so, a client rests for up to so long. 0: never. */
      idleSeconds: z.number().min(0).max(300).default(5),
      /** They connect at random moments of the first so many seconds. 0: at once. */
      arriveSeconds: z.number().min(0).max(300).default(0),
    })
    .optional(),
  /** A client is an HTTP/2 session. */
  h2: z
    .strictObject({
      ...paced,
      /** Requests at once in a session. */
      streams: whole(1, 100).default(4),
    })
    .optional(),
  /** A client is a websocket that is held open. */
  ws: z
    .strictObject({
      clients: paced.clients,
      path: path.default("/api/live"),
      /** A websocket on which nothing comes for so long has failed. */
      quietSeconds: z.number().positive().max(86_400).default(45),
      /** Of all clients together; each must come back, in a message that contains it. Default: none is sent. */
      messagesPerSecond: paced.perSecond.optional(),
    })
    .optional(),
  /** Bodies that are sent slowly; the answer is `{"size": …, "sha256": "…"}` of what came. */
  upload: z
    .strictObject({
      ...paced,
      path: path.default("/api/uploads"),
      /** From this size to that one, at random. */
      megabytes: z.tuple([z.number().positive(), z.number().positive()]).default([1, 8]),
      /** Sent over so long, at random. */
      seconds: z.tuple([z.number().min(0), z.number().min(0)]).default([1, 3]),
    })
    .optional(),
  /** Requests that take long; so many are in flight at any time. */
  slow: z
    .strictObject({
      clients: paced.clients,
      /** `?seconds=` is added. */
      path: path.default("/api/slow"),
      seconds: z.number().positive().max(300).default(20),
    })
    .optional(),
});

const spec = z
  .strictObject({
    /** Scheme, host and port: "https://app.trivet.test". */
    url: z
      .url({ protocol: /^https?$/ })
      .refine((it) => !URL.canParse(it) || new URL(it).href === `${new URL(it).origin}/`, {
        error: "wanted no path",
      }),
    /** Where to connect, whatever the host's name resolves to; default what it resolves to. */
    address: z
      .string()
      .refine((it) => isIP(it) > 0, { error: "wanted an IP address" })
      .optional(),
    /** PEM: whose certificates count. Default those that Node.js knows. */
    ca: z.string().optional(),
    /** A name for this load, in every request's body or X-Load-Id; default the time. */
    run: z.string().min(1).optional(),
    /** It ends after so long. */
    seconds: z.number().positive().max(86_400).default(3_600),
    /** It ends after so many requests. */
    requests: whole(1, 1_000_000_000).default(10_000_000),
    /** A request without an answer after so long has failed. */
    timeoutSeconds: z.number().positive().default(15),
    /** What new, keepalive and h2 get. */
    getPath: path.default("/api/about"),
    /** Where they POST `{"id": UUID, "name": "load", "text": "RUN/UUID"}`; default nowhere. */
    postPath: path.optional(),
    /** The share of POSTs among their requests. */
    postShare: z.number().min(0).max(1).default(0.25),
    /** What there is of each kind; default `mixed()`. */
    traffic: traffic.default(() => mixed()),
  })
  .refine(({ url, traffic }) => !(traffic.h2 && url.startsWith("http:")), {
    path: ["traffic", "h2"],
    error: "wanted an https url; in clear text nobody agrees on HTTP/2",
  })
  .refine(({ traffic }) => Object.values(traffic).some(Boolean), {
    path: ["traffic"],
    error: `wanted at least one of ${kinds.join(", ")}`,
  });

/** What a load is told. */
export type LoadOptions = z.input<typeof spec>;
/** The same with all defaults. */
export type LoadSpec = z.output<typeof spec> & { run: string };
export type Traffic = z.output<typeof traffic>;

/** All kinds at once: about so many requests a second, beside websockets, uploads and slow requests. */
export function mixed(perSecond = 100): Traffic {
  const share = (part: number) => perSecond * part;
  return {
    new: { clients: 4, perSecond: share(0.1) },
    keepalive: { clients: 12, perSecond: share(0.45), idleSeconds: 5, arriveSeconds: 0 },
    h2: { clients: 4, perSecond: share(0.45), streams: 4 },
    ws: { clients: 6, path: "/api/live", quietSeconds: 45 },
    upload: { clients: 2, perSecond: 0.5, path: "/api/uploads", megabytes: [1, 8], seconds: [1, 3] },
    slow: { clients: 2, path: "/api/slow", seconds: 20 },
  };
}

/** @throws Error with a sentence for each fault */
export function loadSpec(options: LoadOptions): LoadSpec {
  const { data, error } = spec.safeParse(options);
  if (error) throw new Error(error.issues.map(sentence).join("\n"));
  return { ...data, run: data.run ?? new Date().toISOString() };

  function sentence({ path, message }: z.core.$ZodIssue): string {
    const at = path.map(String).join(".") || "the options";
    const given = path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
      options,
    );
    const shown = JSON.stringify(given) ?? "not given";
    return `load: ${at} is ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}; ${message}.`;
  }
}
