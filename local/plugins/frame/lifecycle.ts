import { isDeepStrictEqual } from "node:util";
import { difference, sameSet, type Difference } from "./diff";
import type { EngineLog } from "./engineLog";
import type { AnyResource, Call, Plugin } from "./resource";
import { plain, secret, unknown, type Properties, type Value } from "./values";

/** A resource's life as the engine leads it, without the protocol. */
export class Lifecycle<Client> {
  private client?: Client;
  private readonly interrupted = new AbortController();
  private readonly byType: Map<string, AnyResource<Client>>;

  constructor(
    private readonly plugin: Plugin<Client>,
    private readonly log: EngineLog,
  ) {
    this.byType = new Map(plugin.resources.map((resource) => [resource.type, resource]));
  }

  configure(config: Record<string, string>): void {
    this.client = this.plugin.configure(config);
  }

  /** Ends what is under way. */
  cancel(): void {
    this.interrupted.abort(new Error("interrupted"));
  }

  find(urn: string): { resource: AnyResource<Client>; name: string } {
    // urn:pulumi:stack::project::parentType$type::name, and a name may itself contain "::".
    const [, , types = "", ...name] = urn.split("::");
    const type = types.slice(types.lastIndexOf("$") + 1);
    const resource = this.byType.get(type);
    if (!resource) {
      throw new Error(`the stand-in for ${this.plugin.name} has no resource ${type}: install the official plugin`);
    }
    return { resource, name: name.join("::") };
  }

  diff(urn: string, state: Properties, oldInputs: Properties, inputs: Properties, ignored: string[]) {
    const { resource } = this.find(urn);
    const changes = difference(resource.inputs, state, oldInputs, inputs, ignored);
    for (const path of resource.replaces?.(state) ?? []) {
      changes.push({ path, kind: "update", replace: true, inputChanged: false } satisfies Difference);
    }
    // Where the program chose the name itself, a replacement could not exist beside the resource it replaces.
    const nameIsTaken = Object.entries(resource.inputs).some(
      ([key, property]) =>
        property.autoName &&
        !(Array.isArray(inputs.__defaults) && inputs.__defaults.includes(key)) &&
        isDeepStrictEqual(inputs[key], state[key]),
    );
    return { changes, deleteFirst: nameIsTaken && changes.some(({ replace }) => replace) };
  }

  previewCreate(urn: string, inputs: Properties): Properties {
    const { resource } = this.find(urn);
    const chosenElsewhere = Object.keys(resource.inputs).filter((name) => resource.inputs[name]?.computed);
    const state = this.stateOf(resource, inputs);
    for (const name of [...chosenElsewhere, ...resource.outputs]) state[name] ??= unknown;
    return state;
  }

  previewUpdate(urn: string, state: Properties, inputs: Properties): Properties {
    const { resource } = this.find(urn);
    const updated = { ...state, ...this.stateOf(resource, inputs) };
    for (const name of resource.volatile ?? []) updated[name] = unknown;
    return updated;
  }

  async create(urn: string, inputs: Properties, seconds: number): Promise<{ id: string; state: Properties }> {
    const { resource } = this.find(urn);
    return this.during(urn, seconds, async (call) => {
      const made: { id: string; state: object } = await resource.create(bare(inputs), call);
      return { id: made.id, state: this.finished(resource, made.state) };
    });
  }

  async read(id: string, urn: string, state: Properties, inputs: Properties) {
    const { resource } = this.find(urn);
    if (!resource.read) return { id, state, inputs };
    return this.during(urn, 0, async (call) => {
      const found = (await resource.read?.(id, state, call)) as object | undefined;
      if (!found) return undefined;
      const fresh = plain(found);
      return { id, state: this.finished(resource, fresh), inputs: refreshedInputs(resource, state, fresh, inputs) };
    });
  }

  async update(id: string, urn: string, state: Properties, inputs: Properties, seconds: number): Promise<Properties> {
    const { resource } = this.find(urn);
    if (!resource.update) return this.finished(resource, { ...state, ...this.stateOf(resource, inputs) });
    return this.during(urn, seconds, async (call) =>
      this.finished(resource, (await resource.update?.(id, state, bare(inputs), call)) as object),
    );
  }

  async delete(id: string, urn: string, state: Properties, seconds: number): Promise<void> {
    const { resource } = this.find(urn);
    await this.during(urn, seconds, async (call) => resource.delete?.(id, state, call));
  }

  private async during<Result>(
    urn: string,
    seconds: number,
    work: (call: Call<Client>) => Promise<Result>,
  ): Promise<Result> {
    const timedOut = new AbortController();
    const timer =
      seconds > 0
        ? setTimeout(() => timedOut.abort(new Error(`not done after ${seconds} s`)), seconds * 1000)
        : undefined;
    try {
      return await work({
        urn,
        name: this.find(urn).name,
        client: this.client as Client,
        signal: AbortSignal.any([this.interrupted.signal, timedOut.signal]),
        log: (message, severity = "info") => this.log.write(urn, message, severity, false),
        status: (message) => this.log.write(urn, message, "info", true),
      });
    } finally {
      clearTimeout(timer);
      await this.log.flush();
    }
  }

  private stateOf(resource: AnyResource<Client>, inputs: Properties): Properties {
    return Object.fromEntries(
      Object.entries(bare(inputs)).map(([name, value]): [string, Value] => {
        const toState = resource.inputs[name]?.toState;
        return [name, toState && value !== unknown ? toState(value) : value];
      }),
    );
  }

  private finished(resource: AnyResource<Client>, state: object): Properties {
    const properties = plain(state);
    delete properties.__defaults;
    if (resource.meta) properties.__meta = JSON.stringify(resource.meta);
    for (const name of resource.secrets ?? []) {
      if (properties[name] !== undefined && properties[name] !== null) properties[name] = secret(properties[name]);
    }
    return properties;
  }
}

function bare(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
}

/** Inputs stay as the program wrote them, except where the resource moved away; on import they are all that was found. */
function refreshedInputs<Client>(
  resource: AnyResource<Client>,
  before: Properties,
  after: Properties,
  inputs: Properties,
): Properties {
  const imported = Object.keys(inputs).length === 0;
  const refreshed: Properties = { ...inputs };
  for (const [name, property] of Object.entries(resource.inputs)) {
    const value = after[name];
    // A hash in the state says nothing of the input that it was made from.
    if (value === undefined || (property.toState && property.toState(value) !== value)) continue;
    if (imported || (name in inputs && !sameSet(before[name], value))) refreshed[name] = value;
  }
  return refreshed;
}
