import { version } from "@pulumi/command/package.json";
import { main } from "../frame/main";
import { copyToRemote } from "./copyToRemote";
import { localCommand } from "./localCommand";
import { remoteCommand } from "./remoteCommand";

void main({
  name: "command",
  version,
  bridged: false,
  resources: [copyToRemote, localCommand, remoteCommand],
  configure: () => undefined,
});
