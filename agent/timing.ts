/**
 * Every interval of the agent, in milliseconds. What matters is their order: a leader that nobody confirms is gone
 * (`fence`) before anyone may vote for another (`promise`). The two clocks that count this are on two machines, started
 * by the sending and by the arrival of the same message; they only have to run at about the same speed.
 */
export interface Timing {
  /** How often an agent looks at its PostgreSQL and decides. */
  tick: number;
  /** How often a leader confirms itself with each peer. */
  heartbeat: number;
  /**
   * After so long without the leader's word a node's clients wait. Before a pooler's first login to a machine that is gone
   * fails (pgbouncer's server_connect_timeout), for from then on it refuses what it would else have wait.
   */
  quiet: number;
  /** How long a call to a peer may take. */
  call: number;
  /** A leader that a majority has not confirmed for so long stops its PostgreSQL. */
  fence: number;
  /** For so long after a leader's last word, a voter grants nobody else its vote. */
  promise: number;
  /** Candidates stand this far apart, so that they do not split the vote. */
  stagger: number;
  /** A primary whose disk has not taken a write for so long is hung. */
  hung: number;
  /** How long PostgreSQL may take to come back by itself after one of its processes was killed. */
  crashRestart: number;
  /** Without a primary for so long, a node's clients are let at its standby, to read. */
  reads: number;
  /** With a leader for so long but no stream from it, a standby is rewound; after as long again, cloned. */
  stuck: number;
  /** Without a streaming standby for so long, the policy "available" goes on alone. */
  alone: number;
}

/**
 * Silent loss of the primary's machine: noticed after `promise`, elected within two rounds of calls, promoted in well
 * under a second: about 9 s. docs/benchmarks.md has what was measured.
 */
export const timing: Timing = {
  tick: 200,
  heartbeat: 500,
  quiet: 4_000,
  call: 2_000,
  fence: 5_000,
  promise: 7_000,
  stagger: 700,
  hung: 7_000,
  crashRestart: 5_000,
  reads: 15_000,
  stuck: 20_000,
  alone: 10_000,
};
