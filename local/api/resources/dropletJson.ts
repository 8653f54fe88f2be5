import { publicRange } from "../../paths";
import { gateway, netmask } from "../addresses";
import { isBusy } from "../actionRecords";
import { imageJson, imageOf, regionJson, regionOf, sizeJson, sizeOf } from "../catalogue";
import type { Cloud } from "../cloud";
import type { Droplet } from "../records";

/** A droplet as the API shows it. Clients dereference region, size, image and networks unseen: they are always there. */
export async function dropletJson({ books, upkeep }: Cloud, droplet: Droplet) {
  const size = sizeOf(droplet.size);
  const vpc = books.now.vpcs.find(({ id }) => id === droplet.vpcId);
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size.memoryMiB,
    vcpus: size.vcpus,
    disk: droplet.diskGiB,
    locked: droplet.phase === "creating" || droplet.phase === "deleting" || isBusy(books.now, droplet.id),
    status: await upkeep.statusOf(droplet),
    kernel: null,
    created_at: droplet.createdAt,
    features: [
      ...(droplet.backups ? ["backups"] : []),
      ...(droplet.monitoring ? ["monitoring"] : []),
      "droplet_agent",
      "private_networking",
    ],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image: imageJson(imageOf(droplet.image)),
    volume_ids: [],
    size: sizeJson(size),
    size_slug: size.slug,
    networks: {
      v4: [
        v4("private", droplet.privateIp, vpc?.ipRange ?? `${droplet.privateIp}/32`),
        v4("public", droplet.publicIp, publicRange),
      ],
      v6: [],
    },
    region: regionJson(regionOf(droplet.region)),
    tags: droplet.tags,
    vpc_uuid: droplet.vpcId,
  };
}

const v4 = (type: "public" | "private", address: string, range: string) => ({
  ip_address: address,
  netmask: netmask(range),
  gateway: gateway(range),
  type,
});
