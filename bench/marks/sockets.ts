import { firstMessageId, heldInPeer } from "../peers/chats.js";
import { heldInAcked, seededMessageId } from "../support/acked-chats.js";
import type { HeldBy, SeededChat } from "../support/chats.js";
import { Contender } from "../support/contender.js";
import { measureThroughput, type Throughput } from "../support/load.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { withServers, type Servers } from "../support/servers.js";
import { ordinaryChats, Reading, type Place } from "./chats.js";
import { markers, openGraphql, openRoom, type Client } from "./clients.js";
import { describeRate, describeRates, timesAsFast } from "./figure.js";
import * as operations from "./operations.js";

const inFlight = 500;

/** Durable single marks over sockets: Acked, the ceiling, and both peers. */
export const marks: Scenario = {
  name: "marks",
  run(context) {
    const chats = ordinaryChats(context.size);
    return withServers(context, "marks", chats, async (servers) => {
      const script = new URL("ceiling-sockets.ts", import.meta.url);
      const ceiling = await Contender.start("ceiling", script);
      const players = enter(chats, servers, ceiling);
      try {
        for (const player of players) await connect(player, chats);
        const samples = await measure(context, players);
        for (const player of players) await check(player);
        return compare(samples);
      } finally {
        for (const { clients, watchers } of players)
          for (const client of [...clients.values(), ...watchers])
            client.close();
        await ceiling.stop();
      }
    });
  },
};

/** A contender with its clients, and the marks that they have made so far. */
interface Player {
  readonly contender: Contender;
  readonly open: (host: string, readerId: string) => Promise<Client>;
  /** Reads the final state from its database; null where it has none, and so sends no events. */
  readonly held: (() => Promise<HeldBy>) | null;
  readonly reading: Reading;
  readonly clients: Map<string, Client>;
  readonly watchers: Client[];
  events: number;
}

function enter(
  chats: readonly SeededChat[],
  { acked, sequelize, drizzle }: Servers,
  ceiling: Contender,
): Player[] {
  const player = (
    contender: Contender,
    open: Player["open"],
    held: Player["held"],
  ): Player => ({
    ...{ contender, open, held },
    reading: new Reading(chats),
    clients: new Map(),
    watchers: [],
    events: 0,
  });
  const rowId = ({ conversationId, seq }: Place) =>
    firstMessageId(chats, conversationId) + seq - 1;
  const openAcked: Player["open"] = (host, readerId) =>
    openGraphql(host, readerId, operations.acked, seededMessageId);
  const openDrizzle: Player["open"] = (host, readerId) =>
    openGraphql(host, readerId, operations.drizzle, rowId);
  const openSequelize: Player["open"] = (host, readerId) =>
    openRoom(host, readerId, rowId);
  return [
    player(acked.contender, openAcked, () => heldInAcked(acked.databaseUrl)),
    player(ceiling, openAcked, null),
    player(sequelize.contender, openSequelize, () =>
      heldInPeer(sequelize.databaseUrl, chats),
    ),
    player(drizzle.contender, openDrizzle, () =>
      heldInPeer(drizzle.databaseUrl, chats),
    ),
  ];
}

/** Every reader connects, and one reader of each conversation once more, to watch it. */
async function connect(
  player: Player,
  chats: readonly SeededChat[],
): Promise<void> {
  const { contender, reading, open, clients, watchers, held } = player;
  for (const reader of reading.readerIds)
    clients.set(reader, await open(contender.host, reader));
  if (!held) return;
  for (const { id, readerIds } of chats) {
    const watcher = await open(contender.host, readerIds[0] ?? "");
    watchers.push(watcher);
    await watcher.watch(id, () => player.events++);
  }
}

function measure(
  { size, progress }: BenchContext,
  players: readonly Player[],
): Promise<Throughput[][]> {
  const [rounds, durationMs] = size === "full" ? [5, 2_000] : [1, 300];
  return interleave(
    players,
    rounds,
    async ({ contender, reading, clients }, round) => {
      const workers = markers(reading, clients, inFlight);
      const result = await measureThroughput(contender, durationMs, workers);
      progress(`round ${round}, ${contender.name}: ${describeRate(result)}`);
      return result;
    },
  );
}

async function check(player: Player): Promise<void> {
  const { contender, reading, held, events } = player;
  if (!held) return;
  (await held()).mustEqual(reading.expected(), contender.name);
  if (events === 0) throw new Error(`${contender.name} sent no events`);
}

function compare(samples: readonly Throughput[][]): Figure[] {
  const [acked = [], ...others] = samples;
  const against = [
    { name: "the same with an empty resolver", goal: 0.6 },
    { name: "Express, Sequelize, Socket.IO", goal: 8 },
    { name: "Apollo, graphql-ws, Drizzle", goal: 3 },
  ];
  return against.map(({ name, goal }, i) => ({
    figure: `durable single marks over sockets, ${inFlight} in flight`,
    value: describeRates(acked),
    against: name,
    peerValue: describeRates(others[i] ?? []),
    ratio: timesAsFast(acked, others[i] ?? []),
    goal: { kind: "at least", value: goal },
  }));
}
