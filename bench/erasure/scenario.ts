import { signToken } from "../../src/auth/token.js";
import { seedAcked } from "../support/acked-chats.js";
import { withContenders } from "../support/contender.js";
import { openClient } from "../support/database.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { secret } from "../support/tokens.js";
import { compaction } from "./compaction.js";
import {
  conversationOf,
  leaver,
  Marking,
  readerOf,
  type Taken,
} from "./marking.js";

/** How long marks take while somebody is erased, and how fast an old log is compacted. */
export const erasure: Scenario = {
  name: "erasure",
  run: async (context) => [await erasing(context), await compaction(context)],
};

async function erasing(context: BenchContext): Promise<Figure> {
  const { size, openDatabase, progress } = context;
  const [chats, messageCount, perSecond, ms] =
    size === "full" ? [2_000, 60, 1_000, 10_000] : [40, 60, 200, 500];
  const database = await openDatabase("erasure");
  try {
    await seedAcked(
      database.url,
      Array.from({ length: chats }, (_, n) => ({
        id: conversationOf(n),
        senderId: leaver,
        readerIds: [readerOf(n), "bystander"],
        messageCount,
      })),
    );
    progress("erasure: seeded");
    return await withContenders(
      [() => startAcked(database.url)],
      async ([acked]) => {
        if (!acked) throw new Error("erasure: no server");
        const marking = await Marking.open(acked.host, chats, perSecond);
        try {
          await marking.during(ms / 4);
          const without = await marking.during(ms);
          const beganMs = performance.now();
          let tookMs = 0;
          const erased = erase(acked.host).finally(
            () => (tookMs = performance.now() - beganMs),
          );
          // A failure is reported once the marks have ended.
          erased.catch(() => undefined);
          const during = await marking.during(ms / 20, () => tookMs > 0);
          const counts = await erased;
          await check(database.url, marking.count, counts, chats);
          return {
            figure: `marks at ${perSecond}/s while a user of ${chats} conversations with ${messageCount} messages in each is erased`,
            value: `${inWords(during)}; the erasure ${(tookMs / 1_000).toFixed(1)} s`,
            against: "the same load without it; the ratio is of the p99",
            peerValue: inWords(without),
            ratio: during.p99 / without.p99,
            goal: null,
          };
        } finally {
          marking.close();
        }
      },
    );
  } finally {
    await database.close();
  }
}

async function erase(host: string): Promise<unknown> {
  const service = { userId: "host", isService: true, ttlSeconds: 3_600 };
  const answer = await fetch(`http://${host}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${await signToken(secret, service)}`,
    },
    body: JSON.stringify({
      query: `mutation { eraseUser(input: { userId: "${leaver}" }) { conversationCount } }`,
    }),
  });
  return answer.json();
}

/** Nothing is left of the user, and every mark is there. */
async function check(
  url: string,
  marked: number,
  answer: unknown,
  chats: number,
): Promise<void> {
  const client = openClient(url);
  const [row] = await client<{ read: number; left: number }[]>`
    select (select sum(upper(run) - lower(run))::int from participants, unnest(read) run
        where user_id like 'reader-%') as read,
      (select count(*)::int from participants where user_id = ${leaver}) +
        (select count(*)::int from messages where sender_id = ${leaver} or body is not null) as left`;
  await client.end();
  const found = JSON.stringify({ answer, ...row });
  const data = { eraseUser: { conversationCount: chats } };
  if (found !== JSON.stringify({ answer: { data }, read: marked, left: 0 }))
    throw new Error(`erasure: ${marked} marks, and then ${found}`);
}

const inWords = ({ p50, p99 }: Taken) =>
  `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms`;
