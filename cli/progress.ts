import { Listr, type ListrTask, PRESET_TIMER } from "listr2";

/** A step: its own work, or a number of smaller steps that `each` makes. */
export type Step = ListrTask;

/** Steps with how long each took: redrawn in place on a terminal, a line at each start and end otherwise. */
export function progress(steps: Step[], { quiet = false } = {}): Listr {
  return new Listr(steps, {
    concurrent: false,
    silentRendererCondition: quiet,
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
}

/** The same work on each node, all at once or one after the other; the first fault ends the step. */
export function each<T extends { name: string }>(
  nodes: readonly T[],
  { verb, order }: { verb: string; order: "together" | "one by one" },
  work: (node: T) => Promise<void>,
): Step["task"] {
  const steps = nodes.map((node) => ({ title: `${node.name}: ${verb}`, task: () => work(node) }));
  return (_, step) => step.newListr(steps, { concurrent: order === "together" });
}
