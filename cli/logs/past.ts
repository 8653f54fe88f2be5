import type { SshConnection } from "../ssh";
import type { LogEntry } from "./entry";
import { mergeByTime } from "./merge";
import type { NodeLog } from "./nodeLog";
import type { Range } from "./source";

/** What the nodes' logs hold now, in the order of its times. A node's fault is handed to `complain`; the others go on. */
export async function* past(
  logs: readonly NodeLog[],
  range: Range,
  complain: (fault: unknown) => void,
): AsyncGenerator<LogEntry> {
  const connections: SshConnection[] = [];
  const read = async (log: NodeLog): Promise<AsyncGenerator<LogEntry>[]> => {
    try {
      const connection = await log.open();
      connections.push(connection);
      return log.past(connection, range).map((entries) => untilFault(entries, complain));
    } catch (fault) {
      complain(fault);
      return [];
    }
  };
  try {
    yield* mergeByTime((await Promise.all(logs.map(read))).flat());
  } finally {
    connections.forEach((connection) => connection.close());
  }
}

async function* untilFault<T>(all: AsyncIterable<T>, complain: (fault: unknown) => void): AsyncGenerator<T> {
  try {
    yield* all;
  } catch (fault) {
    complain(fault);
  }
}
