import type { AgentReport } from "../../../cli/agents/agents";

/** What the agent of a standby's node says that is in rotation. */
export const follower: AgentReport & { health: NonNullable<AgentReport["health"]> } = {
  ...{ data: true, role: "follower", term: 2, leader: "ash", lease: false, members: ["ash", "birch"], problems: [] },
  postgres: { state: "standby", dataTerm: 2, position: "0/3000000" },
  health: { in: true, why: "It serves.", drains: [], workers: { 3001: "well" }, database: true, redis: true },
};

/** The same, out of rotation. */
export const outside = (why: string, drains: string[] = []): AgentReport => ({
  ...follower,
  health: { ...follower.health, in: false, why, drains },
});
