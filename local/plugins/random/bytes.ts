import { randomBytes } from "node:crypto";
import type { Unwrap } from "@pulumi/pulumi";
import type { RandomBytesArgs, RandomBytesState } from "@pulumi/random";
import type { Resource } from "../frame/resource";

export const bytes: Resource<Unwrap<RandomBytesArgs>, Unwrap<RandomBytesState>> = {
  type: "random:index/randomBytes:RandomBytes",
  inputs: { keepers: { replace: true }, length: { required: true, replace: true } },
  outputs: ["base64", "hex"],
  secrets: ["base64", "hex"],
  check: ({ length }) => (length !== undefined && length < 1 ? [`length must be at least 1, got: ${length}`] : []),

  create(inputs) {
    const drawn = randomBytes(inputs.length);
    const base64 = drawn.toString("base64");
    // The official plugin makes the value itself the id, which no state encrypts.
    return Promise.resolve({ id: base64, state: { ...inputs, base64, hex: drawn.toString("hex") } });
  },
};
