import { version } from "@pulumi/random/package.json";
import { main } from "../frame/main";
import { bytes } from "./bytes";
import { id } from "./id";
import { password } from "./password";
import { string } from "./string";
import { uuid } from "./uuid";

void main({
  name: "random",
  version,
  bridged: true,
  resources: [bytes, id, password, string, uuid],
  configure: () => undefined,
});
