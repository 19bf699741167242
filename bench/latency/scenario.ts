import { subscriptionsAt, until } from "../fanout/waiting.js";
import { ordinaryChats, Reading } from "../marks/chats.js";
import * as operations from "../marks/operations.js";
import {
  heldInAcked,
  seedAcked,
  seededMessageId,
} from "../support/acked-chats.js";
import { withContenders, type Contender } from "../support/contender.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { measureThroughput } from "../support/load.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { median, relativeSpread } from "../support/statistics.js";
import { bearer } from "../support/tokens.js";
import { atRate } from "./open-loop.js";
import { percentile, Stopwatch } from "./stopwatch.js";

const loads = [0.2, 0.7];
const inFlight = 500;

/** Of a round, in milliseconds. */
interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** The time from a mark to the event at its sender, at a fifth and at 70 % of the highest rate. */
export const latency: Scenario = {
  name: "latency",
  async run(context) {
    const { size, openDatabase } = context;
    const chats = ordinaryChats(size);
    const database = await openDatabase("latency");
    try {
      await seedAcked(database.url, chats);
      return await withContenders(
        [() => startAcked(database.url)],
        async ([acked]) => {
          if (!acked) throw new Error("latency: no server");
          const reading = new Reading(chats);
          const figures = await measure(context, acked, reading);
          const held = await heldInAcked(database.url);
          held.mustEqual(reading.expected(), "latency");
          return figures;
        },
      );
    } finally {
      await database.close();
    }
  },
};

async function measure(
  { size, progress }: BenchContext,
  acked: Contender,
  reading: Reading,
): Promise<Figure[]> {
  const stopwatch = new Stopwatch();
  const readers: { id: string; socket: GraphqlSocket }[] = [];
  const senders: GraphqlSocket[] = [];
  const open = async (userId: string) =>
    GraphqlSocket.open(acked.host, await bearer(userId));
  try {
    for (const id of reading.readerIds)
      readers.push({ id, socket: await open(id) });
    for (const { id, senderId } of ordinaryChats(size)) {
      const socket = await open(senderId);
      senders.push(socket);
      socket.listen(operations.acked.watch, JSON.stringify({ id }), (event) =>
        stopwatch.seen(id, event),
      );
    }
    await until(
      "every sender is a subscriber",
      async () => (await subscriptionsAt(acked.host)) === senders.length,
    );

    const isFull = size === "full";
    const rates: number[] = [];
    for (let round = 0; round < (isFull ? 4 : 1); round++)
      rates.push(await highestRate(isFull ? 2_000 : 300));
    // The first round warms up.
    const highest = median(isFull ? rates.slice(1) : rates);
    progress(`latency: at most ${highest.toFixed(0)} marks/s`);
    const rounds = await interleave(loads, isFull ? 3 : 1, (load) =>
      latencies(load * highest, isFull ? 4_000 : 500),
    );
    return rounds.map((times, i) => figureOf(loads[i] ?? NaN, highest, times));
  } finally {
    for (const socket of [...readers.map((one) => one.socket), ...senders])
      socket.close();
  }

  /** A new mark by a reader, due at that moment. */
  async function mark(reader: number, dueMs: number): Promise<void> {
    const { id, socket } = readers[reader % readers.length] ?? {};
    const place = id === undefined ? null : reading.next(id);
    if (id === undefined || !socket || !place)
      throw new Error("latency: everything is read");
    stopwatch.start(id, place, dueMs);
    const variables = JSON.stringify({ id: seededMessageId(place) });
    await socket.execute(operations.acked.mark, variables);
  }

  /** The rate of marks, with a fixed number under way at any time. */
  async function highestRate(durationMs: number): Promise<number> {
    const workers = Array.from({ length: inFlight }, (_, i) => async () => {
      await mark(i, performance.now());
      return true;
    });
    const { perSecond } = await measureThroughput(acked, durationMs, workers);
    await stopwatch.allSeen();
    return perSecond;
  }

  async function latencies(
    perSecond: number,
    durationMs: number,
  ): Promise<Percentiles> {
    let marks = 0;
    await atRate(perSecond, durationMs, (dueMs) => mark(marks++, dueMs));
    const taken = await stopwatch.allSeen();
    if (taken.length !== marks)
      throw new Error(`latency: ${marks} marks, ${taken.length} in events`);
    return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
  }
}

function figureOf(
  load: number,
  highest: number,
  rounds: readonly Percentiles[],
): Figure {
  const p50s = rounds.map(({ p50 }) => p50);
  const p99s = rounds.map(({ p99 }) => p99);
  const describe = (times: readonly number[]) =>
    `${median(times).toFixed(1)} ms (${relativeSpread(times)})`;
  const rate = Math.round(load * highest).toLocaleString("en");
  return {
    figure: `mark to event, p99 at ${load * 100} % of the highest rate, ${rate} marks/s`,
    value: describe(p99s),
    against: "p50",
    peerValue: describe(p50s),
    ratio: median(p99s) / median(p50s),
    goal: { kind: "at most", value: 10 },
  };
}
