import { clearTimeout, setTimeout } from "node:timers";

/** Resolves to whether all checks passed in time. Never rejects: a fault and a late answer are both "no". */
export async function healthy(checks, timeoutMs) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const answers = Promise.all(checks.map((check) => check())).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answers, late]);
  } finally {
    clearTimeout(timer);
  }
}
