import { version } from "@pulumi/command/package.json";
import type { Plugin } from "../frame/resource";
import { copyToRemote } from "./copyToRemote";
import { localCommand } from "./localCommand";
import { remoteCommand } from "./remoteCommand";

export const plugin: Plugin = {
  name: "command",
  version,
  bridged: false,
  resources: [copyToRemote, localCommand, remoteCommand],
  configure: () => undefined,
};
