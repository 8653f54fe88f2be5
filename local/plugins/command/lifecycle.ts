import { randomBytes } from "node:crypto";
import type { Call, Resource } from "../frame/resource";

/** What a local and a remote command have in common. */
interface Commands {
  create?: string;
  update?: string;
  delete?: string;
}

interface Streams {
  stdout: string;
  stderr: string;
}

/** Which of a command's texts runs when; `run` runs one and returns the state with what it wrote. */
export function lifecycle<Inputs extends Commands, State extends Inputs & Streams>(
  run: (command: string, state: State, call: Call) => Promise<State>,
): Pick<Resource<Inputs, State>, "create" | "update" | "delete"> {
  const begin = (inputs: Inputs, { stdout, stderr }: Streams) => ({ ...inputs, stdout, stderr }) as unknown as State;
  return {
    async create(inputs, call) {
      const state = begin(inputs, { stdout: "", stderr: "" });
      return {
        id: `${call.name}${randomBytes(4).toString("hex")}`,
        state: inputs.create === undefined ? state : await run(inputs.create, state, call),
      };
    },
    async update(_id, old, inputs, call) {
      const command = inputs.update ?? inputs.create;
      const state = begin(inputs, old);
      return command === undefined ? state : run(command, state, call);
    },
    async delete(_id, state, call) {
      if (state.delete !== undefined) await run(state.delete, state, call);
    },
  };
}

/** What the last run wrote, for the next one's environment. */
export function previous({ addPreviousOutputInEnv, stdout, stderr }: Streams & { addPreviousOutputInEnv?: boolean }) {
  if (addPreviousOutputInEnv === false) return {};
  return {
    ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
  };
}
