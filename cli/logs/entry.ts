/** One thing that a service said. */
export interface LogEntry {
  node: string;
  /** Milliseconds since 1970, by the node's clock, in as fine parts as its log has. */
  time: number;
  /** As `trivet logs --service` calls it. */
  service: string;
  /** As it was written; it may have several lines. */
  message: string;
}
