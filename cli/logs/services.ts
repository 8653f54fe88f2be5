import { list, UserError } from "../errors";

/** Where a service's words are: in the journal, under its units (names or patterns), and in files. */
interface Service {
  units: string[];
  /** A unit is this service's when it begins so. */
  prefix: string;
  files?: { path: string; byDefault: boolean }[];
}

const services: Record<string, Service> = {
  // The name without an instance is nothing that runs; with the pattern alone, a journal without workers is an error.
  app: { units: ["app@*.service", "app.service"], prefix: "app@" },
  nginx: {
    units: ["nginx.service"],
    prefix: "nginx.",
    files: [
      { path: "/var/log/nginx/error.log", byDefault: true },
      { path: "/var/log/nginx/access.log", byDefault: false },
    ],
  },
  agent: { units: ["trivet-agent.service"], prefix: "trivet-agent." },
  postgres: { units: ["postgresql@17-main.service"], prefix: "postgresql@" },
  redis: { units: ["trivet-redis.service", "trivet-redis-settle.service"], prefix: "trivet-redis" },
  sentinel: { units: ["trivet-sentinel.service", "trivet-sentinel-tidy.service"], prefix: "trivet-sentinel" },
  pgbouncer: { units: ["pgbouncer.service"], prefix: "pgbouncer." },
};

export const serviceNames = Object.keys(services);

export interface Wanted {
  units: string[];
  files: string[];
}

/**
 * Where to look for these services' words; without any, for all of them but the requests that went well.
 * @throws UserError for a name that is none
 */
export function whereAre(names: readonly string[]): Wanted {
  const unknown = names.filter((name) => !serviceNames.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `${list(unknown.map((name) => `"${name}"`))} ${unknown.length > 1 ? "are no services" : "is no service"}; ` +
        `there are ${list(serviceNames)}.`,
    );
  }
  const all = names.length === 0;
  const meant = (all ? serviceNames : [...new Set(names)]).map((name) => services[name]!);
  return {
    units: meant.flatMap(({ units }) => units),
    files: meant.flatMap(({ files = [] }) => files.flatMap(({ path, byDefault }) => (byDefault || !all ? [path] : []))),
  };
}

/** Whose unit it is; undefined for one of none. */
export const serviceOf = (unit: string): string | undefined =>
  serviceNames.find((name) => unit.startsWith(services[name]!.prefix));
