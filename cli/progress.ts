import { Listr, type ListrTask, type ListrTaskWrapper, PRESET_TIMER } from "listr2";

export type Step = ListrTask;

/** Steps with how long each took: redrawn in place on a terminal, a line at each start and end otherwise. */
export function progress(steps: Step[]): Listr {
  return new Listr(steps, {
    concurrent: false,
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
}

/** Inside a step: one line a node, all at once or one after the other. */
export function onEach<T extends { name: string }>(
  wrapper: ListrTaskWrapper<unknown, never, never>,
  nodes: readonly T[],
  order: "together" | "one by one",
  work: (node: T) => Promise<void>,
): Listr {
  const steps = nodes.map((node) => ({ title: node.name, task: () => work(node) }));
  return wrapper.newListr(steps, { concurrent: order === "together", exitOnError: true }) as unknown as Listr;
}
