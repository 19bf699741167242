import { atRate } from "../latency/open-loop.js";
import { percentile, Stopwatch } from "../latency/stopwatch.js";
import { ordinaryChats, Reading } from "../marks/chats.js";
import * as operations from "../marks/operations.js";
import {
  heldInAcked,
  seedAcked,
  seededMessageId,
} from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import { withContenders, type Contender } from "../support/contender.js";
import { measureThroughput } from "../support/load.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { median, medianRatio, relativeSpread } from "../support/statistics.js";
import { openBus, type BusKind } from "./buses.js";
import { openCrowd, type Crowd } from "./crowd.js";

/** Marks a second, unless this machine can't. */
const wantedRate = 1_000;
/** Above this share of the highest rate a figure would tell of queues. */
const loadAtMost = 0.3;
const inFlight = 500;

const names: Readonly<Record<BusKind, string>> = {
  nats: "NATS",
  postgres: "Postgres",
};

/** Two nodes: how much later an event comes on the other node, and what two do beside one. */
export const nodes: Scenario = {
  name: "nodes",
  async run(context) {
    const figures: Figure[] = [];
    for (const kind of ["nats", "postgres"] as const)
      figures.push(...(await overBus(context, kind)));
    return figures;
  },
};

async function overBus(
  context: BenchContext,
  kind: BusKind,
): Promise<readonly Figure[]> {
  const bus = await openBus(kind);
  if (!bus) return [notThere];
  const chats = ordinaryChats(context.size);
  const database = await context.openDatabase(`nodes_${kind}`);
  try {
    await seedAcked(database.url, chats);
    const start = () => startAcked(database.url, { BUS_URL: bus.url });
    return await withContenders([start, start], async ([first, second]) => {
      if (!first || !second) throw new Error("nodes: no server");
      const pair = new Pair(context, kind, [first, second], chats);
      const figures = [...(await pair.latencies()), await pair.throughputs()];
      const held = await heldInAcked(database.url);
      held.mustEqual(pair.reading.expected(), `nodes, ${names[kind]}`);
      return figures;
    });
  } finally {
    await database.close();
    await bus.close();
  }
}

const notThere: Figure = {
  figure: "two nodes over NATS",
  value: "nats-server is not in PATH",
  ...{ against: "", peerValue: "", ratio: null, goal: null },
};

/** Of a round, in milliseconds: on the node that took the mark, and on the other one. */
interface Percentiles {
  readonly same: { readonly p50: number; readonly p99: number };
  readonly other: { readonly p50: number; readonly p99: number };
}

/** Two nodes on one database and one bus. */
class Pair {
  readonly reading: Reading;
  private readonly context: BenchContext;
  private readonly kind: BusKind;
  private readonly nodes: readonly [Contender, Contender];
  private readonly chats: readonly SeededChat[];

  constructor(
    context: BenchContext,
    kind: BusKind,
    nodes: readonly [Contender, Contender],
    chats: readonly SeededChat[],
  ) {
    this.context = context;
    this.kind = kind;
    this.nodes = nodes;
    this.chats = chats;
    this.reading = new Reading(chats);
  }

  /** From the moment that a mark is due on one node to its event there and on the other one. */
  async latencies(): Promise<Figure[]> {
    const { nodes, context, chats, kind } = this;
    const isFull = context.size === "full";
    const watches = [new Stopwatch(), new Stopwatch()] as const;
    const [first] = nodes;
    const crowd = await openCrowd(
      chats,
      [first],
      () => nodes,
      (id, place, event) => watches[place]?.seen(id, event),
    );
    try {
      const allSeen = () =>
        Promise.all([watches[0].allSeen(), watches[1].allSeen()]);
      const { perSecond: highest } = await measureThroughput(
        first,
        isFull ? 2_000 : 300,
        this.workers(crowd, watches),
      );
      await allSeen();
      const rate = Math.min(
        wantedRate,
        Math.max(50, Math.floor((highest * loadAtMost) / 50) * 50),
      );
      context.progress(
        `nodes over ${names[kind]}: ${highest.toFixed(0)} marks/s at most, events timed at ${rate}`,
      );
      const [rounds = []] = await interleave(
        [rate],
        isFull ? 5 : 1,
        async (): Promise<Percentiles> => {
          let marks = 0;
          await atRate(rate, isFull ? 4_000 : 500, (dueMs) =>
            this.mark(crowd, marks++, watches, dueMs),
          );
          const [same, other] = await allSeen();
          if (same.length !== marks || other.length !== marks)
            throw new Error(
              `nodes: ${marks} marks, ${same.length} and ${other.length} in events`,
            );
          return { same: percentiles(same), other: percentiles(other) };
        },
      );
      return (["p50", "p99"] as const).map((which) =>
        latencyFigure(kind, rate, which, rounds),
      );
    } finally {
      crowd.close();
    }
  }

  /** Marks a second through one node, and through both. */
  async throughputs(): Promise<Figure> {
    const { nodes, context, chats, kind } = this;
    const [first] = nodes;
    const isFull = context.size === "full";
    const sides: readonly (readonly Contender[])[] = [[first], nodes];
    const rounds = await interleave(sides, isFull ? 5 : 1, async (side) => {
      const crowd = await openCrowd(
        chats,
        side,
        // Where there are two, half of the listeners are where half of the marks are not.
        (n) => side.slice(n % side.length).slice(0, 1),
        () => undefined,
      );
      try {
        return (
          await measureThroughput(
            first,
            isFull ? 2_000 : 300,
            this.workers(crowd, []),
          )
        ).perSecond;
      } finally {
        crowd.close();
      }
    });
    const [one = [], two = []] = rounds;
    const describe = (values: readonly number[]) =>
      `${Math.round(median(values)).toLocaleString("en")}/s (${relativeSpread(values)})`;
    return {
      figure: `marks through two nodes over ${names[kind]}, all on one machine`,
      value: describe(two),
      against: "through one node",
      peerValue: describe(one),
      ratio: medianRatio(two, one),
      goal: null,
    };
  }

  private workers(
    crowd: Crowd,
    watches: readonly Stopwatch[],
  ): (() => Promise<boolean>)[] {
    return Array.from({ length: inFlight }, (_, i) => async () => {
      await this.mark(crowd, i, watches, performance.now());
      return true;
    });
  }

  /** A new mark by a reader, due at that moment. */
  private async mark(
    { readers }: Crowd,
    reader: number,
    watches: readonly Stopwatch[],
    dueMs: number,
  ): Promise<void> {
    const { id, socket } = readers[reader % readers.length] ?? {};
    const place = id === undefined ? null : this.reading.next(id);
    if (id === undefined || !socket || !place)
      throw new Error("nodes: everything is read");
    for (const watch of watches) watch.start(id, place, dueMs);
    const variables = JSON.stringify({ id: seededMessageId(place) });
    await socket.execute(operations.acked.mark, variables);
  }
}

function percentiles(taken: readonly number[]): Percentiles["same"] {
  return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
}

/** The ratio column has by how many milliseconds the other node is later. */
function latencyFigure(
  kind: BusKind,
  rate: number,
  which: "p50" | "p99",
  rounds: readonly Percentiles[],
): Figure {
  const same = rounds.map((round) => round.same[which]);
  const other = rounds.map((round) => round.other[which]);
  const describe = (values: readonly number[]) =>
    `${median(values).toFixed(1)} ms (${relativeSpread(values)})`;
  const isGoal = kind === "nats" && which === "p50";
  return {
    figure: `mark to event on the other node, ${which}, ${rate.toLocaleString("en")} marks/s over ${names[kind]}; ms more`,
    value: describe(other),
    against: "on the same node",
    peerValue: describe(same),
    ratio: median(other.map((value, i) => value - (same[i] ?? NaN))),
    goal: isGoal ? { kind: "at most", value: 5 } : null,
  };
}
