import { version } from "@pulumi/random/package.json";
import type { Plugin } from "../frame/resource";
import { bytes } from "./bytes";
import { id } from "./id";
import { password } from "./password";
import { string } from "./string";
import { uuid } from "./uuid";

export const plugin: Plugin = {
  name: "random",
  version,
  bridged: true,
  resources: [bytes, id, password, string, uuid],
  configure: () => undefined,
};
