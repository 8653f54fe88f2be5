import { UserError } from "../errors";

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The moment that `--since` means: so long before `now`, or a time.
 * @throws UserError when it is neither
 */
export function sinceOf(given: string, now = Date.now()): Date {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(given) ?? [];
  const meant = count === undefined ? timeOf(given) : now - Number(count) * units[unit!]!;
  if (meant >= 0) return new Date(meant);
  throw new UserError(
    `--since is "${given}"; wanted how long ago (30s, 10m, 2h, 1d) or a time (2026-11-21, 2026-11-21T07:45:00Z).`,
  );
}

const timeOf = (given: string): number => (/^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : NaN);

/**
 * What `--lines` means.
 * @throws UserError when it is no whole number
 */
export function linesOf(given: string): number {
  if (/^\d{1,7}$/.test(given)) return Number(given);
  throw new UserError(`--lines is "${given}"; wanted a whole number from 0 to 9999999.`);
}
