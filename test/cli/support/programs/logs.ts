/** Prints the logs of SSH servers, as `trivet logs` does. Argument: {targets, range, following} as JSON. */
import { NodeLog } from "../../../../cli/logs/nodeLog";
import { printLogs } from "../../../../cli/logs/print";
import { whereAre } from "../../../../cli/logs/services";
import { showJson } from "../../../../cli/logs/show";
import type { Range } from "../../../../cli/logs/source";
import { SshConnection, type SshTarget } from "../../../../cli/ssh";

const given = JSON.parse(process.argv[2]!) as { targets: SshTarget[]; range: Range; following: boolean };
const logs = given.targets.map((target) => {
  return new NodeLog(target.name, whereAre(["app"]), () => SshConnection.open(target));
});
void printLogs(logs, given.range, showJson, given.following);
