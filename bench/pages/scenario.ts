import type { Sql } from "postgres";
import { openServices } from "../storage/in-process.js";
import { seedAcked } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import { withContenders } from "../support/contender.js";
import { openClient } from "../support/database.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { interleave } from "../support/rounds.js";
import type {
  BenchContext,
  Figure,
  Goal,
  Scenario,
} from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { median } from "../support/statistics.js";
import { bearer } from "../support/tokens.js";
import { crowdOf, markCrowd } from "./crowd.js";
import { readInfo, readPage, readWholeInfo, type Read } from "./reads.js";

/** Linear growth, and a tenth for the spread of the measurements. */
const linear: Goal = { kind: "at most", value: 1.1 };

/** 'Message info' and a page of messages, in conversations from small to as large as they get. */
export const pages: Scenario = {
  name: "pages",
  async run({ size, openDatabase, progress }) {
    const sizes = size === "full" ? [10, 1_000, 10_000] : [10, 100, 1_000];
    const crowds = sizes.map(crowdOf);
    const database = await openDatabase("pages");
    try {
      await seed(database.url, crowds);
      progress("pages: seeded");
      return await withContenders(
        [() => startAcked(database.url)],
        async ([acked]) => {
          if (!acked) throw new Error("no server");
          const socket = await GraphqlSocket.open(
            acked.host,
            await bearer("sender"),
          );
          const sql = openClient(database.url);
          const figures = await measure(socket, sql, crowds, size);
          socket.close();
          await sql.end();
          return figures;
        },
      );
    } finally {
      await database.close();
    }
  },
};

async function seed(
  databaseUrl: string,
  crowds: readonly SeededChat[],
): Promise<void> {
  await seedAcked(databaseUrl, crowds);
  const { services, close } = await openServices(databaseUrl);
  for (const crowd of crowds) await markCrowd(services, crowd);
  await close();
}

async function measure(
  socket: GraphqlSocket,
  sql: Sql,
  crowds: readonly SeededChat[],
  size: BenchContext["size"],
): Promise<Figure[]> {
  /** Moves the version on: otherwise the counts of the last read would be remembered. */
  const changeSomething = (crowd: SeededChat) =>
    sql`update conversations set version = version + 1 where id = ${crowd.id}`;
  const times = async (
    read: Read,
    before: (crowd: SeededChat) => PromiseLike<unknown> = changeSomething,
  ) => {
    const rounds = await interleave(
      crowds,
      size === "full" ? 4 : 1,
      async (crowd) => {
        // The large conversations take long enough to be measured once.
        const repeats = crowd.readerIds.length < 5_000 ? 5 : 1;
        const took: number[] = [];
        for (let i = 0; i < repeats; i++) {
          await before(crowd);
          took.push(await read(socket, crowd));
        }
        return median(took);
      },
    );
    return rounds.map(median);
  };
  const among = crowds
    .map(({ readerIds }) => (readerIds.length + 1).toLocaleString("en"))
    .join(", ");
  return [
    figureOf(
      `page of 50 messages with aggregates, ${among} participants`,
      crowds,
      await times(readPage),
    ),
    {
      ...figureOf(
        `the same again, nothing having changed, ${among} participants`,
        crowds,
        await times(readPage, () => Promise.resolve()),
      ),
      goal: null,
    },
    figureOf(
      `message info, all recipients in pages of 500, ${among} participants`,
      crowds,
      await times(readWholeInfo),
    ),
    figureOf(
      `message info, the first 50 recipients, ${among} participants`,
      crowds,
      await times(readInfo),
    ),
  ];
}

/** The steepest step from one size to the next, where 1 is growing as the recipients do. */
function figureOf(
  figure: string,
  crowds: readonly SeededChat[],
  times: readonly number[],
): Figure {
  const recipients = crowds.map(({ readerIds }) => readerIds.length);
  const steps = times.slice(1).map((time, i) => {
    const growth = (recipients[i + 1] ?? NaN) / (recipients[i] ?? NaN);
    return time / (times[i] ?? NaN) / growth;
  });
  return {
    figure,
    value: times.map((time) => `${time.toFixed(1)} ms`).join(", "),
    against: "growing as the recipients do",
    peerValue: "",
    ratio: Math.max(...steps),
    goal: linear,
  };
}
