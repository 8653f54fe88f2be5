import { setImmediate as tick } from "node:timers/promises";

/** Where a step may be cut off: the connection is lost, or the process dies, before or after it took effect. */
export const cuts = ["none", "lost before", "lost after", "dies before", "dies after"];

/** An object's async methods, each of which is cut off the first time that it is called, as `plan` ({method: cut}) says. */
export function breakable(methods, plan) {
  const left = { ...plan };
  const never = () => new Promise(() => {});
  const wrap =
    (name, method) =>
    async (...words) => {
      const cut = left[name] ?? "none";
      delete left[name];
      if (cut === "dies before") return never();
      if (cut === "lost before") throw new Error("connection lost");
      const result = await method(...words);
      if (cut === "dies after") return never();
      if (cut === "lost after") throw new Error("connection lost");
      return result;
    };
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, wrap(name, method)]));
}

/** What became of a promise that waits for nothing outside: "done", "failed", or "dead", if it will never settle. */
export async function fate(promise) {
  let outcome = "dead";
  promise.then(
    () => (outcome = "done"),
    () => (outcome = "failed"),
  );
  for (let turn = 0; turn < 20 && outcome === "dead"; turn++) await tick();
  return outcome;
}
