import type { Value } from "./values";

/** How one input property takes part in deciding between nothing, an update and a replacement. */
export interface Property {
  required?: boolean;
  /** A change, or one that is like this, makes a new resource. */
  replace?: boolean | ((before: Value | undefined, after: Value | undefined) => boolean);
  /** Left out, it keeps whatever it is: the other side chose it. */
  computed?: boolean;
  /** Written into the inputs where they leave it out. */
  default?: Value;
  /** A list, with everything inside it, whose order means nothing. */
  set?: boolean;
  /** Left out, it is made of the resource's name and a few random characters. */
  autoName?: boolean;
  /** What of the input the state keeps, and a change is judged by; the input itself if not given. */
  toState?: (value: Value) => Value;
}

/** What an operation knows besides its properties. */
export interface Call<Client = undefined> {
  urn: string;
  /** The resource's name in the program. */
  name: string;
  /** What the plugin's `configure` made of the provider's settings. */
  client: Client;
  /** Aborted when the user interrupts or the resource's custom timeout has passed. */
  signal: AbortSignal;
  /** A line of output below the resource, kept in the log. */
  log: (message: string, severity?: "info" | "warning" | "error") => void;
  /** What the resource is doing right now; the next one overwrites it. */
  status: (message: string) => void;
}

/** One resource type. `Inputs` and `State` are the official SDK's own types, unwrapped. */
export interface Resource<Inputs extends object, State extends object, Client = undefined> {
  /** The official token, such as `random:index/randomId:RandomId`. */
  type: string;
  inputs: { [Name in keyof Required<Inputs>]: Property };
  /** Output properties that are no inputs: unknown while a creation is previewed. */
  outputs: Extract<keyof State, string>[];
  /** Outputs that an update may change: unknown while it is previewed. */
  volatile?: Extract<keyof State, string>[];
  /** Outputs that hold secrets whatever the inputs were. */
  secrets?: Extract<keyof State, string>[];
  /** The schema's version and timeouts as the official plugin notes them in the state, so that it doesn't "upgrade" ours. */
  meta?: object;

  /** Faults that the property table cannot express; one sentence each. */
  check?(inputs: Partial<Inputs>): string[];
  /** Properties that force a replacement although no input changed. */
  replaces?(state: State): Extract<keyof State, string>[];
  create(inputs: Inputs, call: Call<Client>): Promise<{ id: string; state: State }>;
  /** Undefined when the resource is gone. `state` is empty on import. Resources without it never drift. */
  read?(id: string, state: Partial<State>, call: Call<Client>): Promise<State | undefined>;
  /** Resources without it only take the new inputs into their state. */
  update?(id: string, state: State, inputs: Inputs, call: Call<Client>): Promise<State>;
  delete?(id: string, state: State, call: Call<Client>): Promise<void>;
}

// A plugin's table holds resources of many property types; each is only ever given its own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyResource<Client> = Resource<any, any, Client>;

export interface Plugin<Client = undefined> {
  /** As in the tokens: `random`. */
  name: string;
  /** The official plugin's version that this one stands in for. */
  version: string;
  /** The official plugin is made by Pulumi's Terraform bridge, which notes in the inputs what it filled in. */
  bridged: boolean;
  resources: AnyResource<Client>[];
  /** Settings of the provider that have a default. */
  configDefaults?(): Record<string, string>;
  configure(config: Record<string, string>): Client;
}

/** The resource exists, but making it did not finish: the engine keeps it, and the next `up` continues. */
export class HalfMade extends Error {
  constructor(
    readonly id: string,
    readonly state: object,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}
