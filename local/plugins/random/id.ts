import { randomBytes } from "node:crypto";
import type { Unwrap } from "@pulumi/pulumi";
import type { RandomIdArgs, RandomIdState } from "@pulumi/random";
import type { Resource } from "../frame/resource";

export const id: Resource<Unwrap<RandomIdArgs>, Unwrap<RandomIdState>> = {
  type: "random:index/randomId:RandomId",
  inputs: {
    byteLength: { required: true, replace: true },
    keepers: { replace: true },
    prefix: { replace: true },
  },
  outputs: ["b64Std", "b64Url", "dec", "hex"],

  create(inputs) {
    const bytes = randomBytes(inputs.byteLength);
    const prefix = inputs.prefix ?? "";
    const hex = bytes.toString("hex");
    const state = {
      ...inputs,
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + bytes.toString("base64url"),
      dec: prefix + BigInt(`0x${hex}`).toString(),
      hex: prefix + hex,
    };
    return Promise.resolve({ id: bytes.toString("base64url"), state });
  },
};
