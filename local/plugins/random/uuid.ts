import { randomUUID } from "node:crypto";
import type { Unwrap } from "@pulumi/pulumi";
import type { RandomUuidArgs, RandomUuidState } from "@pulumi/random";
import type { Resource } from "../frame/resource";

export const uuid: Resource<Unwrap<RandomUuidArgs>, Unwrap<RandomUuidState>> = {
  type: "random:index/randomUuid:RandomUuid",
  inputs: { keepers: { replace: true } },
  outputs: ["result"],

  create(inputs) {
    const result = randomUUID();
    return Promise.resolve({ id: result, state: { ...inputs, result } });
  },
};
