import { Option } from "commander";
import { localStack } from "./pulumi";

export interface StackOption {
  stack: string;
}

/** The option that every command takes. */
export function stackOption(): Option {
  return new Option("-s, --stack <stack>", "the Pulumi stack").env("TRIVET_STACK").default(localStack);
}
