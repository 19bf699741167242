import { SeqSet } from "../../src/foundation/seq-set.js";
import { firstMessageId, heldInPeer } from "../peers/chats.js";
import { heldInAcked, seededMessageId } from "../support/acked-chats.js";
import { HeldBy, type SeededChat } from "../support/chats.js";
import { withServers, type Servers } from "../support/servers.js";
import { openMeter, type DatabaseCost, type Meter } from "../support/meter.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { median, medianRatio, relativeSpread } from "../support/statistics.js";
import { openClient } from "./clients.js";
import { Crowd, type StormResult } from "./crowd.js";

const names = ["acked", "sequelize", "drizzle"] as const;
type Name = (typeof names)[number];
type Sample = StormResult & DatabaseCost;

interface Course {
  readonly participants: number;
  readonly storms: number;
  /** Warms the servers up; its figures are dropped. */
  readonly isWarmUp: boolean;
}

/** The peers take a minute for 10,000, so there is one round. The small storms come last, on warm servers. */
const full: readonly Course[] = [
  { participants: 1_000, storms: 1, isWarmUp: true },
  { participants: 10_000, storms: 1, isWarmUp: false },
  { participants: 1_000, storms: 3, isWarmUp: false },
];
const short: readonly Course[] = [
  { participants: 50, storms: 1, isWarmUp: true },
  { participants: 200, storms: 1, isWarmUp: false },
];

/** One message, and all of many participants marking it as delivered and read at once. */
export const storm: Scenario = {
  name: "storm",
  async run(context) {
    const courses = context.size === "full" ? full : short;
    const chats = courses.map(({ participants, storms }, i) => ({
      id: `conversation-${i + 1}-of-${participants}`,
      senderId: "sender",
      readerIds: Array.from({ length: participants }, (_, i) => `reader-${i}`),
      messageCount: storms,
    }));
    const meter = await openMeter(context.postgresUrl);
    try {
      return await withServers(context, "storm", chats, async (servers) => {
        const figures: Figure[] = [];
        for (const [i, chat] of chats.entries()) {
          const samples = await measure(context, meter, servers, chats, chat);
          if (courses[i]?.isWarmUp) continue;
          figures.push(...compare(chat.readerIds.length, samples));
        }
        await check(servers, chats);
        return figures;
      });
    } finally {
      await meter.close();
    }
  },
};

async function measure(
  { progress }: BenchContext,
  meter: Meter,
  servers: Servers,
  chats: readonly SeededChat[],
  chat: SeededChat,
): Promise<Record<Name, Sample[]>> {
  const samples: Record<Name, Sample[]> = {
    acked: [],
    sequelize: [],
    drizzle: [],
  };
  for (let seq = 1; seq <= chat.messageCount; seq++)
    for (const name of seq % 2 ? names : names.toReversed()) {
      const { contender, databaseUrl } = servers[name];
      const open = openClient[name];
      const messageId =
        name === "acked"
          ? seededMessageId({ conversationId: chat.id, seq })
          : firstMessageId(chats, chat.id) + seq - 1;
      const crowd = await Crowd.connect(contender, open, chat);
      try {
        const { result, cost } = await meter.measure(databaseUrl, () =>
          crowd.storm(messageId),
        );
        const sample = { ...result, ...cost };
        progress(`${chat.id}, ${name}: ${describe([sample])}`);
        samples[name].push(sample);
      } finally {
        crowd.close();
      }
    }
  return samples;
}

async function check(
  { acked, sequelize, drizzle }: Servers,
  chats: readonly SeededChat[],
): Promise<void> {
  const expected = new HeldBy();
  for (const { id, readerIds, messageCount } of chats) {
    const all = SeqSet.span(1, messageCount);
    for (const reader of readerIds)
      expected.set(id, reader, { delivered: all, read: all });
  }
  (await heldInAcked(acked.databaseUrl)).mustEqual(expected, "acked");
  for (const { contender, databaseUrl } of [sequelize, drizzle]) {
    const held = await heldInPeer(databaseUrl, chats);
    held.mustEqual(expected, contender.name);
  }
}

function compare(
  participants: number,
  { acked, sequelize, drizzle }: Record<Name, Sample[]>,
): Figure[] {
  const times = (of: readonly Sample[]) => of.map(({ ms }) => ms);
  const peers = [
    { against: "Express, Sequelize, Socket.IO", samples: sequelize },
    { against: "Apollo, graphql-ws, Drizzle", samples: drizzle },
  ];
  return peers.map(({ against, samples }) => ({
    figure: `one message, ${participants.toLocaleString("en")} participants mark it delivered and read at once: until 'Read by all'`,
    value: describe(acked),
    against,
    peerValue: describe(samples),
    ratio: medianRatio(times(samples), times(acked)),
    goal: { kind: "at least", value: 10 },
  }));
}

function describe(samples: readonly Sample[]): string {
  const times = samples.map(({ ms }) => ms);
  const middle = (pick: (sample: Sample) => number) =>
    Math.round(median(samples.map(pick))).toLocaleString("en");
  const isCounted = samples.every(({ statements }) => statements !== null);
  return [
    `${middle(({ ms }) => ms)} ms${samples.length > 1 ? ` (${relativeSpread(times)})` : ""}`,
    `${middle(({ cpuMs }) => cpuMs)} ms CPU`,
    `${middle(({ events }) => events)} events`,
    ...(isCounted
      ? [`${middle(({ statements }) => statements ?? NaN)} statements`]
      : []),
    `${middle(({ walBytes }) => walBytes / 1_024)} KiB of WAL`,
  ].join(", ");
}
