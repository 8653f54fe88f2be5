import type { Unwrap } from "@pulumi/pulumi";
import type { remote } from "@pulumi/command";
import type { Call, Resource } from "../frame/resource";
import { connect } from "./connection";
import { assertAccepted } from "./environment";
import { lifecycle, previous } from "./lifecycle";
import { Output } from "./output";
import { finished } from "./session";

export type Inputs = Unwrap<remote.CommandArgs>;
export type State = Inputs & { stdout: string; stderr: string };

export const remoteCommand: Resource<Inputs, State> = {
  type: "command:remote:Command",
  inputs: {
    addPreviousOutputInEnv: { default: true },
    connection: { required: true },
    create: {},
    delete: {},
    environment: {},
    logging: {},
    stdin: {},
    triggers: { replace: true },
    update: {},
  },
  outputs: ["stdout", "stderr"],
  volatile: ["stdout", "stderr"],
  secrets: ["connection"],

  ...lifecycle<Inputs, State>(run),
};

async function run(command: string, state: State, call: Call): Promise<State> {
  const client = await connect(state.connection, call);
  try {
    const environment = (state.environment ?? {}) as Record<string, string>;
    await assertAccepted(client, environment, call);
    const output = new Output(call, state.logging);
    // Nobody promises that the previous output arrives: most servers' AcceptEnv doesn't list it.
    const env = { ...environment, ...previous(state) };
    const end = await finished(client, command, { env }, state.stdin ?? "", output, call.signal);
    if (end.code !== 0) {
      const how = end.signal ? `was killed by ${end.signal}` : `exited with status ${end.code}`;
      throw new Error(`Process ${how}: running ${JSON.stringify(command)}:\n${output.toString()}`);
    }
    return { ...state, ...output.trimmed() };
  } finally {
    client.end();
  }
}
