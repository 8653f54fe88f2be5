/** A place in PostgreSQL's write-ahead log as PostgreSQL writes it: two hexadecimal numbers of 32 bits, "16/B374D848". */
export type Lsn = string;

export function parseLsn(lsn: Lsn): bigint {
  const [high, low] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function formatLsn(place: bigint): Lsn {
  return `${(place >> 32n).toString(16).toUpperCase()}/${(place & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Below 0 when a comes first, above 0 when b does. */
export function compareLsn(a: Lsn, b: Lsn): number {
  const difference = parseLsn(a) - parseLsn(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
