import type { Api } from "./api";
import { until } from "./wait";

export interface Action {
  id: number;
  status: string;
  completed_at: string | null;
}

/** Waits for an action that the API does in its own time. @throws when it ends in an error. */
export async function completed(api: Api, path: string, signal: AbortSignal): Promise<void> {
  await until(`action ${path}`, 600, signal, async () => {
    const { action } = await api.get<{ action: Action }>(path);
    if (action.status === "errored") throw new Error(`the action ${path} ended in an error`);
    return action.status === "completed" || action.completed_at !== null ? action : undefined;
  });
}
