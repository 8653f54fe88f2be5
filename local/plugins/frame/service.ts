import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { check } from "./check";
import { difference, type Difference } from "./diff";
import type { EngineLog } from "./engineLog";
import { statusOf } from "./failure";
import { Lifecycle } from "./lifecycle";
import type { Plugin } from "./resource";
import { isObject, type Properties, type Value } from "./values";

type Handlers = Partial<Record<keyof IResourceProviderServer, grpc.UntypedHandleCall>>;

/** Translates between the engine's protocol and a plugin's resources. */
export function service<Client>(plugin: Plugin<Client>, log: EngineLog): Handlers & grpc.UntypedServiceImplementation {
  const lifecycle = new Lifecycle(plugin, log);

  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(plugin.version)),

    getSchema: unary(() =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: plugin.name, version: plugin.version })),
    ),

    checkConfig: unary((request: rpc.CheckRequest) => {
      const inputs = { ...plugin.configDefaults?.(), ...properties(request.getNews()) };
      return new rpc.CheckResponse().setInputs(struct(inputs));
    }),

    // A changed address or token is no reason to make every resource anew.
    diffConfig: unary((request: rpc.DiffRequest) => {
      const before = properties(request.getOldInputs());
      const names = Object.keys({ ...before, ...properties(request.getNews()) });
      const inputs = Object.fromEntries(names.map((name) => [name, {}]));
      return diffResponse(difference(inputs, before, before, properties(request.getNews())), false);
    }),

    // Not accepting secrets makes the engine send them bare and mark them again on what comes back.
    configure: unary((request: rpc.ConfigureRequest) => {
      lifecycle.configure(settings(properties(request.getArgs())));
      return new rpc.ConfigureResponse().setSupportspreview(true);
    }),

    check: unary((request: rpc.CheckRequest) => {
      const { resource, name } = lifecycle.find(request.getUrn());
      const [old, given] = [properties(request.getOlds()), properties(request.getNews())];
      const checked = check(resource, name, old, given, request.getRandomseed_asU8(), plugin.bridged);
      return new rpc.CheckResponse()
        .setInputs(struct(checked.inputs))
        .setFailuresList(
          checked.faults.map((fault) => new rpc.CheckFailure().setProperty(fault.property).setReason(fault.reason)),
        );
    }),

    diff: unary((request: rpc.DiffRequest) => {
      const state = properties(request.getOlds());
      const news = properties(request.getNews());
      const { changes, deleteFirst } = lifecycle.diff(
        request.getUrn(),
        state,
        properties(request.getOldInputs()),
        news,
        request.getIgnorechangesList(),
      );
      return diffResponse(changes, deleteFirst);
    }),

    create: unary(async (request: rpc.CreateRequest) => {
      const inputs = properties(request.getProperties());
      const { id, state } = request.getPreview()
        ? { id: "", state: lifecycle.previewCreate(request.getUrn(), inputs) }
        : await lifecycle.create(request.getUrn(), inputs, request.getTimeout());
      return new rpc.CreateResponse().setId(id).setProperties(struct(state));
    }),

    read: unary(async (request: rpc.ReadRequest) => {
      const state = properties(request.getProperties());
      const found = await lifecycle.read(request.getId(), request.getUrn(), state, properties(request.getInputs()));
      const response = new rpc.ReadResponse();
      if (!found) return response;
      return response.setId(found.id).setProperties(struct(found.state)).setInputs(struct(found.inputs));
    }),

    update: unary(async (request: rpc.UpdateRequest) => {
      const [state, inputs] = [properties(request.getOlds()), properties(request.getNews())];
      const updated = request.getPreview()
        ? lifecycle.previewUpdate(request.getUrn(), state, inputs)
        : await lifecycle.update(request.getId(), request.getUrn(), state, inputs, request.getTimeout());
      return new rpc.UpdateResponse().setProperties(struct(updated));
    }),

    delete: unary(async (request: rpc.DeleteRequest) => {
      const state = properties(request.getProperties());
      await lifecycle.delete(request.getId(), request.getUrn(), state, request.getTimeout());
      return new Empty();
    }),

    cancel: unary(() => {
      lifecycle.cancel();
      return new Empty();
    }),

    invoke: unary((request: rpc.InvokeRequest) => {
      throw new Error(
        `the stand-in for ${plugin.name} has no function ${request.getTok()}: install the official plugin`,
      );
    }),
  };
}

function unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  return (call: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (fault: unknown) => callback(statusOf(fault)),
      );
  };
}

function properties(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

function struct(values: Properties): Struct {
  return Struct.fromJavaScript(values);
}

/** The provider's settings are strings on the wire, whatever their type; secrets arrive wrapped. */
function settings(args: Properties): Record<string, string> {
  const bare = (value: Value) => (isObject(value) && "value" in value ? value.value : value);
  return Object.fromEntries(
    Object.entries(args)
      .map(([name, value]) => [name, bare(value)] as const)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== ""),
  );
}

const kinds = {
  add: [rpc.PropertyDiff.Kind.ADD, rpc.PropertyDiff.Kind.ADD_REPLACE],
  delete: [rpc.PropertyDiff.Kind.DELETE, rpc.PropertyDiff.Kind.DELETE_REPLACE],
  update: [rpc.PropertyDiff.Kind.UPDATE, rpc.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(changes: Difference[], deleteFirst: boolean): rpc.DiffResponse {
  const topLevel = (some: Difference[]) => [...new Set(some.map(({ path }) => path.split(/[.[]/)[0] as string))];
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const response = new rpc.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(topLevel(changes))
    .setReplacesList(topLevel(changes.filter(({ replace }) => replace)))
    .setDeletebeforereplace(deleteFirst)
    .setHasdetaileddiff(true);
  for (const { path, kind, replace, inputChanged } of changes) {
    const detail = new rpc.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(inputChanged);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}
