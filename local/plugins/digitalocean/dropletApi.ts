import type { Unwrap } from "@pulumi/pulumi";
import type { DropletArgs, DropletState } from "@pulumi/digitalocean";
import { ApiError, type Api } from "./api";
import { until } from "./wait";

export type Inputs = Unwrap<DropletArgs>;
export type State = Unwrap<DropletState>;

interface Address {
  ip_address: string;
  type: "public" | "private";
}

export interface ApiDroplet {
  id: number;
  name: string;
  status: "new" | "active" | "off" | "archive";
  locked: boolean;
  created_at: string;
  memory: number;
  vcpus: number;
  disk: number;
  region: { slug: string };
  image?: { id: number; slug: string | null };
  size: { slug: string; price_hourly: number; price_monthly: number };
  vpc_uuid: string;
  networks: { v4: Address[]; v6: Address[] };
  features: string[] | null;
  volume_ids: string[] | null;
  tags: string[] | null;
}

export async function get(api: Api, id: string): Promise<ApiDroplet> {
  return (await api.get<{ droplet: ApiDroplet }>(`/v2/droplets/${id}`)).droplet;
}

/** Waits until the droplet is unlocked and as asked. @throws at once when it has become what it can't turn back from. */
export async function reaches(
  api: Api,
  id: string,
  what: string,
  seconds: number,
  signal: AbortSignal,
  wanted: (droplet: ApiDroplet) => boolean,
): Promise<ApiDroplet> {
  return until(`droplet ${id} to be ${what}`, seconds, signal, async () => {
    const droplet = await get(api, id);
    return !droplet.locked && wanted(droplet) ? droplet : undefined;
  });
}

/** As `reaches`, for a droplet that was made just now: the API may not know it yet, and it must not be off. */
export async function starts(api: Api, id: string, seconds: number, signal: AbortSignal): Promise<ApiDroplet> {
  return until(`droplet ${id} to be active`, seconds, signal, async () => {
    try {
      const droplet = await get(api, id);
      if (droplet.locked || droplet.status === "new") return undefined;
      if (droplet.status !== "active") throw new Error(`droplet ${id} is ${droplet.status} instead of active`);
      return droplet;
    } catch (fault) {
      if (fault instanceof ApiError && fault.status === 404) return undefined;
      throw fault;
    }
  });
}

/** The properties that the API tells; the image is none of them, since a slug moves on to newer images. */
export function observed(droplet: ApiDroplet): Partial<State> {
  const { features } = droplet;
  const publicAddress = address(droplet.networks.v4, "public");
  return {
    createdAt: droplet.created_at,
    disk: droplet.disk,
    dropletUrn: `do:droplet:${droplet.id}`,
    ipv4Address: publicAddress,
    ipv4AddressPrivate: address(droplet.networks.v4, "private"),
    ipv6Address: address(droplet.networks.v6, "public").toLowerCase(),
    locked: droplet.locked,
    memory: droplet.memory,
    name: droplet.name,
    priceHourly: droplet.size.price_hourly,
    priceMonthly: droplet.size.price_monthly,
    publicNetworking: publicAddress !== "",
    region: droplet.region.slug,
    size: droplet.size.slug,
    status: droplet.status,
    tags: droplet.tags ?? [],
    vcpus: droplet.vcpus,
    volumeIds: droplet.volume_ids ?? [],
    vpcUuid: droplet.vpc_uuid,
    ...(features && {
      backups: features.includes("backups"),
      ipv6: features.includes("ipv6"),
      monitoring: features.includes("monitoring"),
      privateNetworking: features.includes("private_networking"),
    }),
  };
}

function address(addresses: Address[], type: Address["type"]): string {
  return addresses.find((one) => one.type === type)?.ip_address ?? "";
}
