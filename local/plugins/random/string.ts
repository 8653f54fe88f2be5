import type { Unwrap } from "@pulumi/pulumi";
import type { RandomStringArgs, RandomStringState } from "@pulumi/random";
import type { Resource } from "../frame/resource";
import { characterInputs, checkCharacters, draw, settled } from "./characters";

export const string: Resource<Unwrap<RandomStringArgs>, Unwrap<RandomStringState>> = {
  type: "random:index/randomString:RandomString",
  inputs: characterInputs,
  outputs: ["result"],
  meta: { schema_version: "3" },
  check: checkCharacters,

  create(inputs) {
    const result = draw(inputs);
    return Promise.resolve({ id: result, state: { ...settled(inputs), result } });
  },
};
