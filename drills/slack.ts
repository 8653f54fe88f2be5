import type { Drill } from "./run";

/**
 * The same drill, whose times may be so many times what is promised: for machines that are shared, or slow. What is promised
 * of writes and primaries stays as it is.
 */
export function withSlack(drill: Drill, times: number): Drill {
  const { gapSeconds, redisGapSeconds, wholeSeconds } = drill.promised;
  return {
    ...drill,
    promised: {
      ...drill.promised,
      ...(gapSeconds !== undefined && { gapSeconds: gapSeconds * times }),
      ...(redisGapSeconds !== undefined && { redisGapSeconds: redisGapSeconds * times }),
      wholeSeconds: wholeSeconds * times,
    },
  };
}
