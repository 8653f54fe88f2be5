import { Listr, ListrLogger, ListrLogLevels, type ListrTask, PRESET_TIMER, ProcessOutput } from "listr2";

export type Step = ListrTask;

/** One piece of work; what it reports is shown below its title while it lasts. */
export function step(title: string, work: (report: (line: string) => void) => Promise<void>): Step {
  return { title, task: (_, task) => briefly(() => work((line) => (task.output = line)))() };
}

/** The same work on each node, all at once or one after the other. Left out where there are no nodes. */
export function stepOnEach<T extends { name: string }>(
  title: string,
  nodes: readonly T[],
  { verb, order }: { verb: string; order: "together" | "one by one" },
  work: (node: T, report: (line: string) => void) => Promise<void>,
): Step {
  const steps = nodes.map((node) => step(`${node.name}: ${verb}`, (report) => work(node, report)));
  return {
    title,
    enabled: nodes.length > 0,
    task: (_, wrapper) => wrapper.newListr(steps, { concurrent: order === "together" }),
  };
}

export interface ProgressOptions {
  /** Shows nothing; default false. */
  quiet?: boolean;
  /** Leaves standard output to what a program reads, and shows it on standard error; default false. */
  aside?: boolean;
}

/**
 * The steps with how long each took: redrawn in place on a terminal, a line at each start and end otherwise. `run` ends
 * at the first fault and throws it.
 */
export function progress(
  steps: Step[],
  { quiet = false, aside = false }: ProgressOptions = {},
): { run(): Promise<void> } {
  const { stdout, stderr } = process;
  const shown = aside ? stderr : stdout;
  const output = new ProcessOutput(shown, stderr);
  const listr = new Listr(steps, {
    concurrent: false,
    silentRendererCondition: quiet,
    fallbackRendererCondition: () => !shown.isTTY,
    rendererOptions: {
      timer: PRESET_TIMER,
      collapseSubtasks: false,
      showErrorMessage: false,
      logger: new ListrLogger({ useIcons: true, processOutput: output }),
    },
    fallbackRendererOptions: {
      timer: PRESET_TIMER,
      logger: new ListrLogger({ useIcons: true, toStderr: [ListrLogLevels.FAILED], processOutput: output }),
    },
  });
  return {
    run: async () => {
      try {
        await listr.run();
      } catch (error) {
        throw error instanceof StepFailed ? error.cause : error;
      }
    },
  };
}

/** Plain lines repeat an error's message for its step and the step around it; the whole of it is told once, at the end. */
class StepFailed extends Error {
  constructor(override readonly cause: unknown) {
    super("the reason is at the end");
  }
}

const briefly = (work: () => Promise<void>) => async () => {
  try {
    await work();
  } catch (error) {
    throw new StepFailed(error);
  }
};
