/** The key under which Terraform's SDK notes a resource's timeouts. */
const timeoutsKey = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

/** A resource's timeouts, in seconds, in the form of the state's `__meta`. */
export function timeouts(seconds: Record<string, number>): object {
  const nanoseconds = Object.entries(seconds).map(([operation, value]) => [operation, value * 1e9]);
  return { [timeoutsKey]: Object.fromEntries(nanoseconds) as Record<string, number> };
}
