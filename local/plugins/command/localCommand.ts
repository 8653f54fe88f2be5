import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Unwrap } from "@pulumi/pulumi";
import type { local } from "@pulumi/command";
import type { Call, Resource } from "../frame/resource";
import { lifecycle, previous } from "./lifecycle";
import { Output } from "./output";

type Inputs = Unwrap<local.CommandArgs>;
type State = Inputs & { stdout: string; stderr: string };

export const localCommand: Resource<Inputs, State> = {
  type: "command:local:Command",
  inputs: {
    addPreviousOutputInEnv: { default: true },
    archivePaths: {},
    assetPaths: {},
    create: {},
    delete: {},
    dir: {},
    environment: {},
    interpreter: {},
    logging: {},
    stdin: {},
    triggers: { replace: true },
    update: {},
  },
  outputs: ["stdout", "stderr"],
  volatile: ["stdout", "stderr"],

  check: ({ archivePaths, assetPaths }) =>
    archivePaths || assetPaths
      ? ["the stand-in returns no assets: archivePaths and assetPaths need the official plugin"]
      : [],

  ...lifecycle<Inputs, State>(run),
};

async function run(command: string, state: State, call: Call): Promise<State> {
  const [program, ...options] = state.interpreter?.length ? state.interpreter : ["/bin/sh", "-c"];
  const output = new Output(call, state.logging);
  const child = spawn(program as string, [...options, command], {
    cwd: state.dir,
    env: { ...process.env, ...(state.environment as Record<string, string>), ...previous(state) },
    signal: call.signal,
  });
  child.stdout.on("data", (chunk: Buffer) => output.stdout.write(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.stderr.write(chunk));
  // A command that doesn't read its input closes it early; that is no fault.
  child.stdin.on("error", () => undefined);
  child.stdin.end(state.stdin ?? "");
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  output.stdout.end();
  output.stderr.end();
  if (code !== 0) {
    throw new Error(
      `${signal ? `signal: ${signal}` : `exit status ${code}`}: running ${JSON.stringify(command)}:\n${output.toString()}`,
    );
  }
  return { ...state, ...output.trimmed() };
}
