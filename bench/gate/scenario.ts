import { createFairness } from "../../src/fair/fairness.js";
import { fairLimits } from "../../src/fair/limits.js";
import { createGate } from "../../src/gate/gate.js";
import { createSchema } from "../../src/graphql/schema.js";
import { ordinaryChats, Reading } from "../marks/chats.js";
import { markers, openGraphql, type Client } from "../marks/clients.js";
import { acked as operations } from "../marks/operations.js";
import {
  heldInAcked,
  seedAcked,
  seededMessageId,
} from "../support/acked-chats.js";
import { withContenders } from "../support/contender.js";
import { measureThroughput } from "../support/load.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { median } from "../support/statistics.js";

const inFlight = 500;

/** What the gate and fair shares take of an ordinary mark: their CPU beside that of the whole mark over a socket. */
export const gate: Scenario = {
  name: "gate",
  async run(context) {
    const isFull = context.size === "full";
    const rounds = isFull ? 5 : 1;
    const mark = await markMicros(context, rounds, isFull ? 2_000 : 300);
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++)
      ours.push(await gateMicros(isFull ? 500_000 : 5_000));
    return [figureOf(median(ours), median(mark))];
  },
};

/** The CPU of a server for each mark, in microseconds, round by round. */
async function markMicros(
  { size, openDatabase, progress }: BenchContext,
  rounds: number,
  ms: number,
): Promise<number[]> {
  const chats = ordinaryChats(size);
  const database = await openDatabase("gate");
  try {
    await seedAcked(database.url, chats);
    const reading = new Reading(chats);
    const micros: number[] = [];
    await withContenders([() => startAcked(database.url)], async ([server]) => {
      if (!server) throw new Error("gate: no server");
      const clients = new Map<string, Client>();
      for (const id of reading.readerIds)
        clients.set(
          id,
          await openGraphql(server.host, id, operations, seededMessageId),
        );
      const workers = markers(reading, clients, inFlight);
      for (let round = 1; round <= rounds; round++) {
        const { cpuMicros } = await measureThroughput(server, ms, workers);
        progress(`round ${round}: ${cpuMicros.toFixed(0)} µs a mark`);
        micros.push(cpuMicros);
      }
      for (const client of clients.values()) client.close();
    });
    (await heldInAcked(database.url)).mustEqual(reading.expected(), "acked");
    return micros;
  } finally {
    await database.close();
  }
}

/** The CPU for each of so many marks, in microseconds: the gate, a place among those under way, and the rates. */
async function gateMicros(count: number): Promise<number> {
  const schema = createSchema();
  const { admit } = createGate({ schema, introspection: false });
  const free = { points: Number.MAX_SAFE_INTEGER, seconds: 60 };
  const { user } = fairLimits;
  const rates = { ...user.rates, marks: free, cost: free };
  const limits = { ...fairLimits, user: { ...user, rates } };
  const fair = createFairness(limits, { onRefused: () => undefined });
  const viewer = {
    ...{ userId: "reader", isService: false },
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  };
  const pass = async (seq: number) => {
    const id = seededMessageId({ conversationId: "conversation-1", seq });
    const admitted = admit({ query: operations.mark, variables: { id } });
    if ("errors" in admitted) throw new Error("the gate refused a mark");
    const place = fair.underWay.admit(viewer, 400);
    if (place instanceof Error) throw place;
    await place.turn(outlet);
    await fair.charge(viewer, "cost", admitted.charge);
    await fair.charge(viewer, "marks", 1);
    place.leave();
  };
  for (let seq = 1; seq <= count / 10; seq++) await pass(seq);
  const before = process.cpuUsage();
  for (let seq = 1; seq <= count; seq++) await pass(seq);
  const { user: own, system } = process.cpuUsage(before);
  return (own + system) / count;
}

const outlet = {
  isHeld: false,
  isGone: false,
  whenFree: () => undefined,
};

function figureOf(ours: number, mark: number): Figure {
  return {
    figure: "the gate and fair shares, for a mark",
    value: `${ours.toFixed(2)} µs CPU`,
    against: "the whole mark over a socket",
    peerValue: `${mark.toFixed(0)} µs CPU`,
    ratio: ours / mark,
    goal: { kind: "at most", value: 0.02 },
  };
}
