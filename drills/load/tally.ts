import { build, type Histogram } from "hdr-histogram-js";
import type { Course } from "./course";
import { failureOf, type Origin } from "./exchange";
import type { Counts, Example, KindSummary, Latency, Second, Summary } from "./report";
import { kinds, type Kind } from "./spec";

const examplesKept = 20;
/** More than any request may take, in microseconds. */
const longest = 3_600_000_000;

const histogram = () => build({ highestTrackableValue: longest, numberOfSignificantValueDigits: 3 });
const counts = (): Counts => ({ requests: 0, ok: 0, failed: 0 });

/** What is counted of one kind, for the whole load and for the second that goes on. */
class KindTally {
  readonly total = { ...counts(), repeated: 0, reconnected: 0, stale: 0, unfinished: 0 };
  readonly errors: Record<string, number> = {};
  readonly examples: Example[] = [];
  readonly took = histogram();
  second = counts();
  readonly tookInSecond = histogram();

  end(outcome: "ok" | "failed"): void {
    for (const sum of [this.total, this.second]) {
      sum.requests++;
      sum[outcome]++;
    }
  }

  summary(): KindSummary {
    return { ...this.total, errors: this.errors, ...latencyOf(this.took) };
  }
}

/** Counts what becomes of all requests of a load. */
export class Tally {
  private readonly started = Date.now();
  private readonly kinds = new Map<Kind, KindTally>();
  private readonly asked: Record<string, Counts> = {};
  private readonly nodes: Record<string, number> = {};
  private readonly releases: Record<string, number> = {};

  constructor(
    private readonly run: string,
    private readonly course: Course,
  ) {}

  /**
   * Does one request and counts what becomes of it: one that throws has failed, unless the load is over.
   * @returns whether it went well
   */
  async count(kind: Kind, what: string, work: () => Promise<Origin>): Promise<boolean> {
    const began = process.hrtime.bigint();
    try {
      const origin = await work();
      this.took(kind, Number((process.hrtime.bigint() - began) / 1000n));
      this.good(kind, what, origin);
      return true;
    } catch (error) {
      if (this.course.over.aborted) this.of(kind).total.unfinished++;
      else this.failed(kind, what, error);
      return false;
    }
  }

  /** Counts what is neither a good nor a failed request. */
  note(kind: Kind, what: "repeated" | "reconnected" | "stale"): void {
    this.of(kind).total[what]++;
  }

  /** Something good that nobody waited for. */
  good(kind: Kind, what: string, { node, release }: Origin): void {
    this.of(kind).end("ok");
    this.ask(what, "ok");
    if (node !== undefined) this.nodes[node] = (this.nodes[node] ?? 0) + 1;
    if (release !== undefined) this.releases[release] = (this.releases[release] ?? 0) + 1;
  }

  failed(kind: Kind, what: string, error: unknown): void {
    const { message, origin } = failureOf(error);
    const tally = this.of(kind);
    tally.end("failed");
    this.ask(what, "failed");
    tally.errors[message] = (tally.errors[message] ?? 0) + 1;
    if (tally.examples.length >= examplesKept) return;
    const { node } = origin;
    tally.examples.push({
      at: new Date().toISOString(),
      kind,
      what,
      error: message,
      ...(node !== undefined && { node }),
    });
  }

  /** What ended since the last call. */
  second(): Second {
    const ended: Second["kinds"] = {};
    for (const kind of kinds) {
      const tally = this.kinds.get(kind);
      if (!tally) continue;
      ended[kind] = { ...tally.second, ...latencyOf(tally.tookInSecond).latency };
      tally.second = counts();
      tally.tookInSecond.reset();
    }
    return { what: "second", at: Date.now(), kinds: ended };
  }

  summary(): Summary {
    const seconds = (Date.now() - this.started) / 1000;
    const tallies = [...this.kinds.values()];
    const all = new KindTally();
    for (const tally of tallies) {
      for (const key of Object.keys(all.total) as (keyof typeof all.total)[]) all.total[key] += tally.total[key];
      for (const [error, times] of Object.entries(tally.errors)) all.errors[error] = (all.errors[error] ?? 0) + times;
      all.took.add(tally.took);
    }
    return {
      what: "summary",
      run: this.run,
      from: new Date(this.started).toISOString(),
      seconds,
      perSecond: all.total.ok / seconds,
      total: all.summary(),
      kinds: Object.fromEntries([...this.kinds].map(([kind, tally]) => [kind, tally.summary()])),
      asked: this.asked,
      nodes: this.nodes,
      releases: this.releases,
      examples: tallies.flatMap(({ examples }) => examples),
    };
  }

  private took(kind: Kind, microseconds: number): void {
    const { took, tookInSecond } = this.of(kind);
    for (const histogram of [took, tookInSecond]) histogram.recordValue(Math.min(microseconds, longest));
  }

  private ask(what: string, outcome: "ok" | "failed"): void {
    const sum = (this.asked[what] ??= counts());
    sum.requests++;
    sum[outcome]++;
  }

  private of(kind: Kind): KindTally {
    const known = this.kinds.get(kind) ?? new KindTally();
    this.kinds.set(kind, known);
    return known;
  }
}

/** In milliseconds; none where nothing was measured. */
function latencyOf(took: Histogram): { latency?: Latency } {
  if (took.totalCount === 0) return {};
  const [p50, p99] = [took.getValueAtPercentile(50), took.getValueAtPercentile(99)];
  return { latency: { p50: p50 / 1000, p99: p99 / 1000, max: took.maxValue / 1000 } };
}
