import type { Call } from "../../../../local/plugins/frame/resource";

export interface RecordedCall<Client> extends Call<Client> {
  /** What was shown to the user, in order. */
  shown: string[];
  interrupt(): void;
}

/** What the frame hands to a resource, without an engine. */
export function call(): RecordedCall<undefined>;
export function call<Client>(client: Client): RecordedCall<Client>;
export function call<Client>(client?: Client): RecordedCall<Client | undefined> {
  const shown: string[] = [];
  const interrupted = new AbortController();
  return {
    urn: "urn:pulumi:test::trivet::some:type:Type::thing",
    name: "thing",
    client,
    signal: interrupted.signal,
    log: (message) => void shown.push(message),
    status: (message) => void shown.push(message),
    shown,
    interrupt: () => interrupted.abort(new Error("interrupted")),
  };
}
