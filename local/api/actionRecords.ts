import { regionOf, regionJson } from "./catalogue";
import { nextId, now, type Action, type Records } from "./records";

/** Older actions are forgotten, so that the books stay small. */
const kept = 500;

export function openAction(
  records: Records,
  action: Pick<Action, "type" | "region" | "dropletId" | "reservedIp">,
): Action {
  const opened: Action = { id: nextId(records, "action"), status: "in-progress", startedAt: now(), ...action };
  records.actions = [...records.actions, opened].slice(-kept);
  return opened;
}

export function finishAction(records: Records, id: number, status: Action["status"]): void {
  const action = records.actions.find((candidate) => candidate.id === id);
  if (!action || action.status !== "in-progress") return;
  action.status = status;
  action.completedAt = now();
}

export function isBusy(records: Readonly<Records>, dropletId: number): boolean {
  return records.actions.some((action) => action.dropletId === dropletId && action.status === "in-progress");
}

export const actionJson = (action: Action) => ({
  id: action.id,
  status: action.status,
  type: action.reservedIp ? `${action.type}_ip` : action.type,
  started_at: action.startedAt,
  completed_at: action.completedAt ?? null,
  resource_id: action.dropletId,
  resource_type: action.reservedIp ? "reserved_ip" : "droplet",
  region: regionJson(regionOf(action.region)),
  region_slug: action.region,
});
