import { randomBytes } from "node:crypto";
import type { Unwrap } from "@pulumi/pulumi";
import type { ReservedIpAssignmentArgs, ReservedIpAssignmentState } from "@pulumi/digitalocean";
import type { Resource } from "../frame/resource";
import type { Api } from "./api";
import { assign, find, unassign } from "./reservedIpApi";

type Inputs = Unwrap<ReservedIpAssignmentArgs>;

export const reservedIpAssignment: Resource<Inputs, Unwrap<ReservedIpAssignmentState>, Api> = {
  type: "digitalocean:index/reservedIpAssignment:ReservedIpAssignment",
  inputs: {
    dropletId: { required: true, replace: true },
    ipAddress: { required: true, replace: true },
  },
  outputs: [],

  async create(inputs, call) {
    await assign(inputs.ipAddress, inputs.dropletId, call);
    return { id: `${inputs.dropletId}-${inputs.ipAddress}-${randomBytes(13).toString("hex")}`, state: inputs };
  },

  async read(_id, state, { client }) {
    const found = await find(client, state.ipAddress as string);
    return found?.droplet?.id === state.dropletId ? state : undefined;
  },

  async delete(_id, { dropletId, ipAddress }, call) {
    const found = await find(call.client, ipAddress as string);
    // Somebody else may have it by now.
    if (found?.droplet?.id === dropletId) await unassign(ipAddress as string, call);
  },
};
