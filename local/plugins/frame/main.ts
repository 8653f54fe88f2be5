import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engineLog";
import type { Plugin } from "./resource";
import { service } from "./service";

// The engine's own limit: a resource's properties may be large.
const maxMessageBytes = 400 * 1024 * 1024;

/** Serves a plugin to the engine that started this process; the first line on stdout is the port it listens on. */
export async function main<Client>(plugin: Plugin<Client>): Promise<void> {
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(ResourceProviderService, service(plugin, new EngineLog(engineAddress)));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (fault, bound) =>
      fault ? reject(fault) : resolve(bound),
    );
  });
  console.log(String(port));
  // A killed engine tells nobody to stop; a plugin without one has nothing left to do.
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit();
  }, 1000).unref();
}
