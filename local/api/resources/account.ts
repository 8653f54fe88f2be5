import { Router } from "express";
import type { Cloud } from "../cloud";
import { imageJson, images, regionJson, regions, sizeJson, sizes } from "../catalogue";
import { found } from "../errors";
import { paged } from "../paging";

/** The account itself, and the catalogue that it can order from. */
export function accountRoutes({ books }: Cloud): Router {
  const router = Router();

  router.get("/account", (_request, response) => {
    const uuid = books.now.accountId;
    response.json({
      account: {
        droplet_limit: 25,
        floating_ip_limit: 3,
        reserved_ip_limit: 3,
        volume_limit: 0,
        email: "owner@trivet.test",
        name: "Local cloud",
        uuid,
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid, name: "Local cloud" },
      },
    });
  });

  router.get("/regions", (request, response) => {
    response.json(paged(request, "regions", regions.map(regionJson)));
  });

  router.get("/sizes", (request, response) => {
    response.json(paged(request, "sizes", sizes.map(sizeJson)));
  });

  router.get("/images", (request, response) => {
    response.json(paged(request, "images", images.map(imageJson)));
  });

  router.get("/images/:idOrSlug", (request, response) => {
    const { idOrSlug } = request.params;
    const image = found(images.find(({ id, slug }) => slug === idOrSlug || String(id) === idOrSlug));
    response.json({ image: imageJson(image) });
  });

  return router;
}
