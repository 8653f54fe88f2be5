/** What can be had: regions, sizes and images, a small part of DigitalOcean's, and what the sizes cost there. */

/** Prices in US dollars before tax: the list of July 2022, still that of DigitalOcean's pricing page on this day. */
export const pricesAsOf = "2026-09-20";

export interface Size {
  slug: string;
  memoryMiB: number;
  vcpus: number;
  diskGiB: number;
  /** Outgoing traffic included, in TB a month. */
  transfer: number;
  monthly: number;
  hourly: number;
}

const size = (
  slug: string,
  mem: number,
  vcpus: number,
  disk: number,
  transfer: number,
  monthly: number,
  hourly: number,
) => ({ slug, memoryMiB: mem, vcpus, diskGiB: disk, transfer, monthly, hourly }) satisfies Size;

export const sizes: Size[] = [
  size("s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4, 0.00595),
  size("s-1vcpu-1gb", 1024, 1, 25, 1, 6, 0.00893),
  size("s-1vcpu-2gb", 2048, 1, 50, 2, 12, 0.01786),
  size("s-2vcpu-2gb", 2048, 2, 60, 3, 18, 0.02679),
  size("s-2vcpu-4gb", 4096, 2, 80, 4, 24, 0.03571),
  size("s-4vcpu-8gb", 8192, 4, 160, 5, 48, 0.07143),
  size("s-8vcpu-16gb", 16384, 8, 320, 6, 96, 0.14286),
];

export interface Region {
  slug: string;
  name: string;
}

export const regions: Region[] = [
  { slug: "ams3", name: "Amsterdam 3" },
  { slug: "fra1", name: "Frankfurt 1" },
  { slug: "lon1", name: "London 1" },
  { slug: "nyc1", name: "New York 1" },
  { slug: "nyc3", name: "New York 3" },
  { slug: "sfo3", name: "San Francisco 3" },
  { slug: "sgp1", name: "Singapore 1" },
];

export interface Image {
  id: number;
  slug: string;
  name: string;
  distribution: string;
  minDiskGiB: number;
  createdAt: string;
}

/** Only what the fabric can boot. */
export const images: Image[] = [
  {
    id: 195932981,
    slug: "debian-13-x64",
    name: "13 x64",
    distribution: "Debian",
    minDiskGiB: 7,
    createdAt: "2025-08-12T15:26:23Z",
  },
];

export function sizeOf(slug: string): Size {
  return entry(sizes, slug, "size");
}

export function regionOf(slug: string): Region {
  return entry(regions, slug, "region");
}

export function imageOf(slug: string): Image {
  return entry(images, slug, "image");
}

function entry<T extends { slug: string }>(list: T[], slug: string, kind: string): T {
  const match = list.find((candidate) => candidate.slug === slug);
  if (!match) throw new Error(`the catalogue has no ${kind} ${slug}`);
  return match;
}

const features = ["monitoring", "metadata", "install_agent", "backups", "storage"];

export const regionJson = (region: Region) => ({
  name: region.name,
  slug: region.slug,
  sizes: sizes.map(({ slug }) => slug),
  features,
  available: true,
});

export const sizeJson = (size: Size) => ({
  slug: size.slug,
  memory: size.memoryMiB,
  vcpus: size.vcpus,
  disk: size.diskGiB,
  transfer: size.transfer,
  price_monthly: size.monthly,
  price_hourly: size.hourly,
  regions: regions.map(({ slug }) => slug),
  available: true,
  description: "Basic",
});

export const imageJson = (image: Image) => ({
  id: image.id,
  name: image.name,
  distribution: image.distribution,
  slug: image.slug,
  public: true,
  regions: regions.map(({ slug }) => slug),
  created_at: image.createdAt,
  min_disk_size: image.minDiskGiB,
  type: "base",
  size_gigabytes: 0.5,
  description: `${image.distribution} ${image.name}`,
  tags: [],
  status: "available",
});
