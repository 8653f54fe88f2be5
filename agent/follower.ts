import type { Clock } from "./clock";
import type { Heard, Voter } from "./election/voter";
import { nextStep, type Step } from "./nextStep";
import type { Log } from "./log";
import { Untouched, type Database, type Look } from "./postgres/database";
import type { Timing } from "./timing";

type Work = Exclude<Step, { do: "nothing" | "refuse" }>;

/** Carries out what a node that does not lead has to do, one step at a time, the long ones in the background. */
export class Follower {
  private unproven = false;
  private working = false;
  private since: number;
  private leader = "";
  private state = "";
  private isStreaming = false;
  private rewinds = 0;
  private starts = 0;
  private refused: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly voter: Voter,
    private readonly parts: { clock: Clock; timing: Timing; log: Log },
  ) {
    this.since = parts.clock.now();
  }

  /** Before anything else: data that was here before this agent is nobody's to judge. */
  async begin(): Promise<void> {
    const look = await this.database.look();
    this.unproven = this.voter.blank && look.state !== "blank";
  }

  /** Whether its PostgreSQL is being worked on. */
  get isWorking(): boolean {
    return this.working;
  }

  /** Counts anew how long this node has not been what it should be. */
  restarts(): void {
    this.since = this.parts.clock.now();
  }

  /** Its PostgreSQL works: what was tried in vain before counts no more. */
  succeeds(): void {
    this.rewinds = this.starts = 0;
  }

  /** Replaces the data here by a copy of the leader's, as an operator wants it. */
  async replaceData(heard: Heard): Promise<void> {
    if (this.working) throw new Error("PostgreSQL is being worked on; try again in a moment.");
    await this.during({ do: "clone", from: heard.leader, why: "an operator wants it" }, heard);
  }

  /** One decision. The reason why nothing can be done, if there is one. */
  async step(look: Look, heard: Heard | null): Promise<string | null> {
    const { clock, timing, log } = this.parts;
    if (this.working) return this.refused;
    const leader = heard?.ready ? { name: heard.leader, systemId: heard.systemId, lineage: heard.lineage } : null;
    this.note(look, leader?.name ?? "");
    if (heard?.ready && this.broken && this.isStreaming) await this.arrives(heard);
    const step = nextStep(
      {
        look,
        position: look.state === "standby" ? await this.voter.position(look) : undefined,
        lineage: this.voter.durable.lineage,
        leader,
        systemId: this.voter.durable.systemId,
        unproven: this.unproven,
        broken: this.broken,
        follows: this.followsIn(heard),
        since: clock.now() - this.since,
        rewinds: this.rewinds,
        starts: this.starts,
      },
      timing,
    );
    if (step.do === "refuse") {
      if (step.why !== this.refused) log("refuse", { why: step.why });
      return (this.refused = step.why);
    }
    if (step.do !== "nothing") log(step.do, { ...step, do: undefined });
    this.refused = null;
    if (step.do === "nothing") return null;
    void this.during(step, heard).catch((error: Error) => log("error", { step: step.do, message: error.message }));
    return null;
  }

  private async during(step: Work, heard: Heard | null): Promise<void> {
    this.working = true;
    try {
      await this.carryOut(step, heard);
    } finally {
      this.working = false;
      this.since = this.parts.clock.now();
    }
  }

  /** Restarts the count of how long it has been waiting, when it waits for something else. */
  private note(look: Look, leader: string): void {
    this.isStreaming = look.state === "standby" && look.streamsFrom !== null && look.streamsFrom === leader;
    if (this.isStreaming) this.succeeds();
    if (this.isStreaming || look.state !== this.state || leader !== this.leader) this.since = this.parts.clock.now();
    this.state = look.state;
    this.leader = leader;
  }

  /** Whom its PostgreSQL follows; who leads again in another term is another leader. */
  private followsIn(heard: Heard | null): string | null {
    const { follow, term } = this.database.course;
    return follow === null || term === heard?.term ? follow : `${follow} in term ${term}`;
  }

  /** The data's replacement has broken off, or is on its way. */
  private get broken(): boolean {
    const { systemId, lineage } = this.voter.durable;
    return systemId !== null && lineage.length === 0;
  }

  /** Rewound data has become the leader's: it is consistent, and streams. */
  private arrives(heard: Heard): Promise<void> {
    const { database, voter } = this;
    return voter.exclusively(async () => {
      if (voter.durable.term !== heard.term || this.followsIn(heard) !== heard.leader) return;
      await voter.keep({ lineage: heard.lineage });
      await database.keepSlots([], heard.term);
    });
  }

  private async carryOut(step: Work, heard: Heard | null): Promise<void> {
    const { database, voter } = this;
    switch (step.do) {
      case "start":
        this.starts += 1;
        // Whom it followed when it ended may have another history by now.
        await database.steer(voter.course(null));
        return database.start();
      case "stop":
        return database.stop("immediate");
      case "follow":
        // Not between a vote and its answer: what a voter has settled stays so until the next leader is known.
        return voter.exclusively(async () => {
          if (!heard || voter.durable.term !== heard.term) return;
          await database.keepSlots([], heard.term);
          // What is here is a part of the leader's history, and from now on grows with it.
          await voter.keep({ lineage: heard.lineage, led: 0 });
          await database.steer(voter.course(step.from, heard.term));
        });
      case "settle":
        return database.steer(voter.course(null));
      case "rewind":
        this.rewinds += 1;
        await database.stop("fast");
        await this.rewind(step.from);
        await this.becomes(heard, "on its way");
        return database.start();
      case "clone":
        this.unproven = false;
        // What is here counts in a vote until the copy is whole, and confirms nothing more.
        await database.steer(voter.course(null));
        await database.clone(step.from, () => this.giveUp(heard));
        await this.becomes(heard, "whole");
        this.succeeds();
        return database.start();
    }
  }

  /** The data here goes, for a copy of this leader's. @throws Error when it leads no more */
  private async giveUp(heard: Heard | null): Promise<void> {
    const { database, voter } = this;
    await voter.exclusively(async () => {
      if (!heard || voter.durable.term !== heard.term) throw new Error("The copy is of a leader of the past.");
      await voter.keep({ lineage: [], led: 0 });
    });
    await database.stop("immediate");
  }

  private async rewind(from: string): Promise<void> {
    const { database, voter } = this;
    const { lineage, led } = voter.durable;
    await voter.keep({ lineage: [], led: 0 });
    await database.steer(voter.course(null));
    try {
      await database.rewind(from);
    } catch (error) {
      if (error instanceof Untouched) await voter.keep({ lineage, led });
      throw error;
    }
  }

  /**
   * Nobody knows what the data here is until it is the leader's. Rewound data is only when the leader's log has come, up to
   * where the leader was in the end.
   */
  private becomes(heard: Heard | null, when: "whole" | "on its way"): Promise<void> {
    const { database, voter } = this;
    return voter.exclusively(async () => {
      // Of a leader of the past it may be another's by now.
      if (!heard || voter.durable.term !== heard.term) return;
      if (when === "whole") await voter.keep({ lineage: heard.lineage });
      await database.steer(voter.course(heard.leader, heard.term));
    });
  }
}
