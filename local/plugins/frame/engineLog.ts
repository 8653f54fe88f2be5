import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR };
export type Severity = keyof typeof severities;

/** Sends messages to the engine, which shows them below the resource they are about. */
export class EngineLog {
  private readonly engine?: EngineClient;
  private last: Promise<void> = Promise.resolve();

  /** Without an address (a plugin started by hand), messages go nowhere. */
  constructor(address: string | undefined) {
    if (address) this.engine = new EngineClient(address, grpc.credentials.createInsecure());
  }

  write(urn: string, message: string, severity: Severity, ephemeral: boolean): void {
    const { engine } = this;
    if (!engine) return;
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // One after the other: two calls under way at once may arrive in the wrong order.
    this.last = this.last.then(() => new Promise((done) => engine.log(request, () => done())));
  }

  /** Resolves when everything written so far has arrived. */
  flush(): Promise<void> {
    return this.last;
  }
}
