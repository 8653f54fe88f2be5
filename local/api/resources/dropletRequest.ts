import { z } from "zod";
import { images, regions, sizes } from "../catalogue";
import { hostName, tagName } from "../validation";

const slugs = (list: { slug: string }[]) => list.map(({ slug }) => slug);
const notOffered = (what: string) => `${what} is not offered by the local cloud`;

const region = z.enum(slugs(regions), `must be one of ${slugs(regions).join(", ")}`);

export const sizeSlug = z.enum(slugs(sizes), `must be one of ${slugs(sizes).join(", ")}`);

/** A slug or an id of the catalogue; becomes the slug. */
const image = z.union([z.string(), z.int()], "must be an image's slug or number").transform((given, context) => {
  const known = images.find(({ id, slug }) => slug === given || id === Number(given));
  if (known) return known.slug;
  context.addIssue(`the local cloud boots ${slugs(images).join(", ")} only, not ${given}`);
  return z.NEVER;
});

/** What POST /v2/droplets may say: one `name`, or several `names` for equal droplets. */
export const newDroplets = z
  .object({
    name: hostName.optional(),
    names: z.array(hostName).min(1).max(10).optional(),
    region,
    size: sizeSlug,
    image,
    ssh_keys: z.array(z.union([z.string(), z.int()])).default([]),
    backups: z.boolean().default(false),
    monitoring: z.boolean().default(false),
    ipv6: z.literal(false, notOffered("IPv6")).optional(),
    public_networking: z.literal(true, notOffered("a droplet without a public address")).optional(),
    volumes: z.array(z.unknown()).max(0, notOffered("block storage")).optional(),
    tags: z.array(tagName).default([]),
    user_data: z
      .string()
      .refine((text) => Buffer.byteLength(text) <= 65536, "user data may have 64 KiB at most")
      .default(""),
    vpc_uuid: z.string().optional(),
  })
  .transform(({ name, names, ...rest }, context) => {
    const all = names ?? (name === undefined ? [] : [name]);
    if (all.length === 0) context.addIssue({ code: "custom", path: ["name"], message: "a name is required" });
    return { ...rest, names: all, several: names !== undefined };
  });
