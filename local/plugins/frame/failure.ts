import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { HalfMade } from "./resource";
import { plain } from "./values";

/** The gRPC form of an error; a half-made resource travels along, so that the engine can save it. */
export function statusOf(fault: unknown): Partial<grpc.StatusObject> {
  const message = fault instanceof Error ? fault.message : String(fault);
  if (!(fault instanceof HalfMade)) return { code: grpc.status.UNKNOWN, details: message };

  const half = new ErrorResourceInitFailed()
    .setId(fault.id)
    .setProperties(Struct.fromJavaScript(plain(fault.state)))
    .setReasonsList([message]);
  const any = new Any();
  any.pack(half.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  // The field's name is gRPC's; its value is the whole status once more.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
