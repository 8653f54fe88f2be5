import { hash, truncates } from "bcryptjs";
import type { Unwrap } from "@pulumi/pulumi";
import type { RandomPasswordArgs, RandomPasswordState } from "@pulumi/random";
import type { Resource } from "../frame/resource";
import { characterInputs, checkCharacters, draw, settled } from "./characters";

type Inputs = Unwrap<RandomPasswordArgs>;
type State = Unwrap<RandomPasswordState>;

const bcryptCost = 10;

export const password: Resource<Inputs, State> = {
  type: "random:index/randomPassword:RandomPassword",
  inputs: characterInputs,
  outputs: ["result", "bcryptHash"],
  secrets: ["result", "bcryptHash"],
  meta: { schema_version: "3" },
  check: checkCharacters,

  async create(inputs) {
    const result = draw(inputs);
    const hashed = truncates(result) ? result.slice(0, 72) : result;
    return { id: "none", state: { ...settled(inputs), result, bcryptHash: await hash(hashed, bcryptCost) } };
  },
};
