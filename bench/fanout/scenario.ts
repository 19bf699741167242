import { seedAcked } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import { Contender, withContenders } from "../support/contender.js";
import { interleave } from "../support/rounds.js";
import type { Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { median, relativeSpread } from "../support/statistics.js";
import { enterGraphql, enterRaw, type Entrant } from "./entrants.js";

/** With 5,000 more, a process that may open 20,000 files could not hold all subscribers. */
const mostStreams = 1_000;

/** How large a measurement is. */
interface Extent {
  readonly subscribers: number;
  readonly rounds: number;
  readonly eventsInRound: number;
}

const full: readonly Extent[] = [
  { subscribers: 100, rounds: 5, eventsInRound: 200 },
  { subscribers: 1_000, rounds: 5, eventsInRound: 10 },
  { subscribers: 5_000, rounds: 3, eventsInRound: 2 },
];
const short: readonly Extent[] = [
  { subscribers: 100, rounds: 1, eventsInRound: 3 },
];

/** Server CPU for each frame that reaches a subscriber, from the mark on. */
export const fanout: Scenario = {
  name: "fanout",
  async run({ size, openDatabase, progress }) {
    const extents = size === "full" ? full : short;
    const databases = [
      await openDatabase("fanout_acked"),
      await openDatabase("fanout_each"),
      await openDatabase("fanout_streams"),
    ];
    const [ackedUrl = "", eachUrl = "", streamsUrl = ""] = databases.map(
      ({ url }) => url,
    );
    try {
      for (const { url } of databases)
        await seedAcked(url, extents.map(chatOf));
      return await withContenders(
        [
          () => start("raw", "raw-server.ts"),
          () => startAcked(ackedUrl),
          () => start("each", "each-server.ts", eachUrl),
          () => startAcked(streamsUrl),
        ],
        async (contenders) => {
          const figures: Figure[] = [];
          for (const extent of extents) {
            progress(`fanout: ${extent.subscribers} subscribers`);
            figures.push(...(await measure(contenders, extent)));
          }
          return figures;
        },
      );
    } finally {
      for (const database of databases) await database.close();
    }
  },
};

function start(name: string, script: string, databaseUrl?: string) {
  return Contender.start(name, new URL(script, import.meta.url), databaseUrl);
}

/** The conversation of all subscribers, with a message for every event. */
function chatOf({ subscribers, rounds, eventsInRound }: Extent): SeededChat {
  return {
    id: `fanout-${subscribers}`,
    senderId: `sender-${subscribers}`,
    readerIds: Array.from({ length: subscribers }, (_, i) => `member-${i}`),
    messageCount: (rounds + 1) * eventsInRound,
  };
}

async function measure(
  [raw, acked, each, streams]: readonly Contender[],
  extent: Extent,
): Promise<Figure[]> {
  if (!raw || !acked || !each || !streams)
    throw new Error("fanout: a server is missing");
  const { subscribers, rounds, eventsInRound } = extent;
  const chat = chatOf(extent);
  const entrants: Entrant[] = [];
  try {
    const ours = await enterGraphql(acked, chat, "sockets", null);
    entrants.push(ours);
    entrants.push(await enterRaw(raw, subscribers, ours));
    entrants.push(
      await enterGraphql(each, chat, "sockets", `http://${each.host}/`),
    );
    if (subscribers <= mostStreams)
      entrants.push(await enterGraphql(streams, chat, "streams", null));
    const cpu = await interleave(entrants, rounds, (entrant, round) =>
      cpuPerFrame(entrant, round * eventsInRound, extent),
    );
    for (const { check } of entrants) check();
    return figuresOf(subscribers, ours.frameBytes(), cpu);
  } finally {
    for (const { close } of entrants) close();
  }
}

/** Server CPU in microseconds, the marks included, for each frame of a round's events. */
async function cpuPerFrame(
  { contender, cause }: Entrant,
  before: number,
  { subscribers, eventsInRound }: Extent,
): Promise<number> {
  const cpuBefore = await contender.cpuMicros();
  for (let i = 1; i <= eventsInRound; i++) await cause(before + i);
  const cpu = (await contender.cpuMicros()) - cpuBefore;
  return cpu / (eventsInRound * subscribers);
}

function figuresOf(
  subscribers: number,
  frameBytes: number,
  [acked = [], raw = [], each = [], streams]: readonly number[][],
): Figure[] {
  const describe = (micros: readonly number[]) =>
    `${median(micros).toFixed(1)} µs (${relativeSpread(micros)})`;
  const figure = `server CPU for each frame of ${frameBytes} bytes, ${subscribers.toLocaleString("en")} subscribers`;
  return [
    {
      figure,
      value: describe(acked),
      against: "raw ws broadcast of as many bytes",
      peerValue: describe(raw),
      ratio: median(acked) / median(raw),
      goal: { kind: "at most", value: 1.5 },
    },
    {
      figure,
      value: describe(acked),
      against: "executing for each subscriber",
      peerValue: describe(each),
      ratio: median(each) / median(acked),
      goal: { kind: "at least", value: 5 },
    },
    ...(streams
      ? [
          {
            figure: `${figure}, over HTTP streams`,
            value: describe(streams),
            against: "over sockets",
            peerValue: describe(acked),
            ratio: median(streams) / median(acked),
            goal: { kind: "at most", value: 1.2 } as const,
          },
        ]
      : []),
  ];
}
