import { existsSync } from "node:fs";
import { summary } from "../../drills/run";
import { stateDir } from "../../local/paths";
import { databaseDrills, measure } from "../failover";
import type { Figure } from "../figures";
import { withPeerMachines } from "./machines";
import { timings } from "./settings";
import { patroniCluster, retime } from "./subject";

/**
 * Patroni with etcd on machines like Trivet's, through the drills that Trivet's databases go through, with the same
 * clients: as it comes, at its fastest, and at its fastest with synchronous commits.
 * @param samples of each drill and timing
 * @param only drills or timings whose name has this in it
 */
export async function patroni(samples: number, only = ""): Promise<Figure[]> {
  if (existsSync(stateDir))
    throw new Error("a local cloud is up; `npm run down` first, since the peer's machines make another one");
  await withPeerMachines(async (peers) => {
    for (const timing of timings) {
      // Nothing is promised on the peer's behalf: its figures are what they are.
      const drills = databaseDrills
        .filter((drill) => `${timing.name}: ${drill.name}`.includes(only))
        .map((drill) => ({ ...drill, promised: { wholeSeconds: Infinity } }));
      if (drills.length === 0) continue;
      await retime(peers, timing);
      await measure(patroniCluster(peers, timing), drills, samples, ["bench/patroni"], summary);
    }
  });
  return [];
}
