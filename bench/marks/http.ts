import {
  heldInAcked,
  seedAcked,
  seededMessageId,
} from "../support/acked-chats.js";
import { Contender, withContenders } from "../support/contender.js";
import { HttpConnection } from "../support/http-connection.js";
import { measureThroughput, type Throughput } from "../support/load.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { bearer } from "../support/tokens.js";
import { ordinaryChats, Reading } from "./chats.js";
import { describeRate, describeRates, timesAsFast } from "./figure.js";
import { acked as operations } from "./operations.js";

/** The number of connections. HTTP/1.1 has one request at a time on each, so as many are in flight. */
const connections = 500;

/** Durable single marks over HTTP: Acked, and Apollo Server on Fastify with an empty resolver. */
export const marksOverHttp: Scenario = {
  name: "http",
  async run(context) {
    const database = await context.openDatabase("http");
    try {
      await seedAcked(database.url, ordinaryChats(context.size));
      const samples = await withContenders(
        [
          () => startAcked(database.url),
          () =>
            Contender.start(
              "ceiling",
              new URL("ceiling-http.ts", import.meta.url),
            ),
        ],
        (contenders) => measure(context, contenders, database.url),
      );
      const [acked = [], ceiling = []] = samples;
      return [
        {
          figure: `durable single marks over HTTP, ${connections} in flight`,
          value: describeRates(acked),
          against: "Apollo Server on Fastify with an empty resolver",
          peerValue: describeRates(ceiling),
          ratio: timesAsFast(acked, ceiling),
          goal: { kind: "at least", value: 0.7 },
        },
      ];
    } finally {
      await database.close();
    }
  },
};

async function measure(
  { size, progress }: BenchContext,
  contenders: readonly Contender[],
  databaseUrl: string,
): Promise<Throughput[][]> {
  const chats = ordinaryChats(size);
  const players = contenders.map((contender) => ({
    contender,
    reading: new Reading(chats),
  }));
  const readers = new Reading(chats).readerIds;
  const tokens = new Map<string, string>();
  for (const reader of readers) tokens.set(reader, await bearer(reader));

  const samples = await interleave(
    players,
    size === "full" ? 5 : 1,
    async ({ contender, reading }, round) => {
      const open = await Promise.all(
        Array.from({ length: connections }, () =>
          HttpConnection.open(contender.host),
        ),
      );
      const workers = open.map((connection, i) => async () => {
        const reader = readers[i % readers.length] ?? "";
        const place = reading.next(reader);
        if (!place) return false;
        const answer = await connection.post(
          "/graphql",
          tokens.get(reader) ?? "",
          JSON.stringify({
            query: operations.mark,
            variables: { id: seededMessageId(place) },
          }),
        );
        if (!answer.includes('"changed":true')) throw new Error(answer);
        return true;
      });
      const durationMs = size === "full" ? 2_000 : 300;
      try {
        const result = await measureThroughput(contender, durationMs, workers);
        progress(`round ${round}, ${contender.name}: ${describeRate(result)}`);
        return result;
      } finally {
        for (const connection of open) connection.close();
      }
    },
  );
  for (const { contender, reading } of players)
    if (contender.name === "acked") {
      const held = await heldInAcked(databaseUrl);
      held.mustEqual(reading.expected(), contender.name);
    }
  return samples;
}
