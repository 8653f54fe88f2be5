import { z } from "zod";

const number16 = z.int().min(0).max(65535);

/** These point to a host name, which DigitalOcean wants with its final dot (or "@") and shows without it. */
const pointing = ["CNAME", "MX", "NS", "SRV"];

/** What each type cannot do without. */
const required = {
  MX: ["priority"],
  SRV: ["priority", "port", "weight"],
  CAA: ["flags", "tag"],
} as const;

const types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"];

const hasForm: Record<string, z.ZodType> = { A: z.ipv4(), AAAA: z.ipv6() };

export const domainName = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i, "must be a domain name such as example.com")
  .toLowerCase();

export const newDomain = z.object({
  name: domainName,
  ip_address: z.union([z.ipv4("must be an IPv4 address"), z.literal("")]).optional(),
});

/** The body of a record's POST and PUT. */
export const recordBody = z
  .object({
    type: z.enum(types, `must be one of ${types.join(", ")}`),
    name: z.string().min(1).max(253).default("@"),
    data: z.string().min(1),
    priority: number16.optional(),
    port: number16.optional(),
    ttl: z.int().min(30, "must be 30 seconds or more").default(1800),
    weight: number16.optional(),
    flags: z.int().min(0).max(255).optional(),
    tag: z.string().optional(),
  })
  .transform((record, context) => {
    const fault = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    for (const field of required[record.type as keyof typeof required] ?? []) {
      if (record[field] === undefined) fault(field, `is required for ${record.type}`);
    }
    if (hasForm[record.type]?.safeParse(record.data).success === false)
      fault("data", `is no address for ${record.type}`);
    if (pointing.includes(record.type) && record.data !== "@" && !record.data.endsWith(".")) {
      fault("data", "Data needs to end with a dot (.)");
    }
    const pointsToHost = pointing.includes(record.type) || record.type === "CAA";
    const own = <T>(types: string[], value: T | undefined) => (types.includes(record.type) ? (value ?? null) : null);
    return {
      type: record.type,
      name: record.name,
      data: pointsToHost ? record.data.replace(/\.$/, "") : record.data,
      ttl: record.ttl,
      priority: own(["MX", "SRV"], record.priority),
      port: own(["SRV"], record.port),
      weight: own(["SRV"], record.weight),
      flags: own(["CAA"], record.flags),
      tag: own(["CAA"], record.tag),
    };
  });
