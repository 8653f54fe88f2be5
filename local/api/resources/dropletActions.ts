import { Router } from "express";
import { z } from "zod";
import { actionJson, finishAction, isBusy, openAction } from "../actionRecords";
import { sizeOf } from "../catalogue";
import type { Cloud } from "../cloud";
import { found, unprocessable } from "../errors";
import { paged } from "../paging";
import type { Action } from "../records";
import { isPowerAction } from "../upkeep";
import { checked, hostName } from "../validation";
import { dropletNumbered } from "./droplets";
import { sizeSlug } from "./dropletRequest";

const types = [
  ...["power_on", "power_off", "shutdown", "reboot", "power_cycle"],
  ...["rename", "resize", "enable_backups", "disable_backups", "change_backup_policy"],
];

const newAction = z.object({
  type: z.enum(types, `the local cloud knows ${types.join(", ")}`),
  name: hostName.optional(),
  size: sizeSlug.optional(),
  disk: z.boolean().default(false),
});

/** All actions of the account, and those of one droplet. */
export function actionRoutes({ books }: Cloud): Router {
  const router = Router();

  router.get("/", (request, response) => {
    response.json(paged(request, "actions", books.now.actions.toReversed().map(actionJson)));
  });

  router.get("/:id", (request, response) => {
    const action = found(books.now.actions.find(({ id }) => String(id) === request.params.id));
    response.json({ action: actionJson(action) });
  });

  return router;
}

export function dropletActionRoutes(cloud: Cloud): Router {
  const { books, upkeep } = cloud;
  const router = Router({ mergeParams: true });
  const actionsOf = (id: string) => {
    const droplet = dropletNumbered(books.now, id);
    return books.now.actions.filter((action) => action.dropletId === droplet.id);
  };

  router.get("/:droplet/actions", (request, response) => {
    const actions = actionsOf(request.params.droplet).toReversed();
    response.json(paged(request, "actions", actions.map(actionJson)));
  });

  router.get("/:droplet/actions/:id", (request, response) => {
    const action = found(actionsOf(request.params.droplet).find(({ id }) => String(id) === request.params.id));
    response.json({ action: actionJson(action) });
  });

  router.post("/:droplet/actions", async (request, response) => {
    const droplet = dropletNumbered(books.now, request.params.droplet);
    const wanted = checked(newAction, request.body);
    if (droplet.phase === "creating" || droplet.phase === "deleting" || isBusy(books.now, droplet.id)) {
      throw unprocessable("Droplet already has a pending event.");
    }
    if (wanted.type === "resize" && (await upkeep.statusOf(droplet)) !== "off") {
      throw unprocessable("Droplet must be powered off before it is resized.");
    }
    const action = isPowerAction(wanted.type)
      ? books.change((records) =>
          openAction(records, { type: wanted.type, region: droplet.region, dropletId: droplet.id }),
        )
      : changeRecord(cloud, droplet.id, wanted);
    if (isPowerAction(wanted.type)) upkeep.perform(action);
    if (wanted.type === "resize") upkeep.launch(droplet.id);
    response.status(201).json({ action: actionJson(action) });
  });

  return router;
}

/** An action that is done with an entry in the books. */
function changeRecord({ books }: Cloud, dropletId: number, wanted: z.infer<typeof newAction>): Action {
  return books.change((records) => {
    const droplet = dropletNumbered(records, String(dropletId));
    if (wanted.type === "rename") {
      if (wanted.name === undefined) throw unprocessable("name: a name is required");
      droplet.name = wanted.name;
    }
    if (wanted.type === "resize") {
      if (wanted.size === undefined) throw unprocessable("size: a size is required");
      const { diskGiB } = sizeOf(wanted.size);
      if (diskGiB < droplet.diskGiB)
        throw unprocessable(`size: its disk is smaller than the ${droplet.diskGiB} GB in use`);
      droplet.size = wanted.size;
      if (wanted.disk) droplet.diskGiB = diskGiB;
    }
    if (wanted.type === "enable_backups") droplet.backups = true;
    if (wanted.type === "disable_backups") droplet.backups = false;
    const action = openAction(records, { type: wanted.type, region: droplet.region, dropletId });
    finishAction(records, action.id, "completed");
    return action;
  });
}
