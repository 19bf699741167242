import { SeqSet } from "../../src/foundation/seq-set.js";
import { connect } from "../../src/db/connect.js";
import { badgeQueries } from "../../src/domain/unread/badge-queries.js";
import { seedAcked } from "../support/acked-chats.js";
import { openClient } from "../support/database.js";
import { interleave } from "../support/rounds.js";
import type { Scenario } from "../support/scenario.js";
import { median, relativeSpread } from "../support/statistics.js";

/** The messages of each conversation: read in a run, then single ones. */
const messageCount = 20;
const read = String(
  SeqSet.of([
    { from: 1, to: 10 },
    { from: 14, to: 14 },
  ]),
);
/** Of each ten conversations: one muted, one with flags, one with a mention, a silent and a deleted message. */
const unreadOfTen = 10 * 9 + 5 - 2;
const inBadgeOfTen = unreadOfTen - 9;

/** The badge of somebody in very many conversations: one statement, which counts all of them anew. */
export const badge: Scenario = {
  name: "badge",
  async run({ size, openDatabase, progress }) {
    const sizes = size === "full" ? [1_000, 10_000] : [10];
    const figures = [];
    for (const conversations of sizes) {
      const database = await openDatabase("badge");
      const { db, close } = connect(database.url, { max: 1 });
      try {
        await seed(database.url, conversations);
        progress(`badge: seeded ${conversations} conversations`);
        const { badges, totalUnread } = badgeQueries(db);
        const [told] = await badges(["viewer"]);
        const unread = (inBadgeOfTen * conversations) / 10;
        if (
          told?.badge.unreadCount !== unread ||
          told.badge.unreadMentionCount !== conversations / 10
        )
          throw new Error(`badge: ${JSON.stringify(told)}, not ${unread}`);
        const timesOf = (work: () => Promise<unknown>) => () =>
          millisecondsOf(work, size === "full" ? 20 : 2);
        const [whole = [], count = []] = await interleave(
          [
            timesOf(() => badges(["viewer"])),
            timesOf(() => totalUnread("viewer")),
          ],
          size === "full" ? 9 : 3,
          (measure) => measure(),
        );
        figures.push({
          figure: `badge of ${conversations.toLocaleString("en")} conversations: one statement`,
          value: inMilliseconds(whole),
          against: "the unread count of the same",
          peerValue: inMilliseconds(count),
          ratio: median(whole) / median(count),
          goal: null,
        });
      } finally {
        await close();
        await database.close();
      }
    }
    return figures;
  },
};

/** Stores conversations of the viewer and a friend, as reading, muting, flagging and sending would have left them. */
async function seed(url: string, conversations: number): Promise<void> {
  await seedAcked(
    url,
    Array.from({ length: conversations }, (_, i) => ({
      id: `conversation-${i}`,
      senderId: `friend-${i}`,
      readerIds: ["viewer"],
      messageCount,
    })),
  );
  const client = openClient(url);
  const nth = (n: number) => client`
    conversation_id in (select 'conversation-' || i from generate_series(${n}::int, ${conversations}::int, 10) i)`;
  await client`
    update participants set read = ${read}::text::int8multirange, delivered = ${read}::text::int8multirange
    where user_id = 'viewer'`;
  await client`
    update participants set muted_until = '9999-12-31' where user_id = 'viewer' and ${nth(0)}`;
  await client`
    update participants set flagged = '{[7,21)}', flag_firsts = '{7}', flag_versions = '{21}'
    where user_id = 'viewer' and ${nth(1)}`;
  await client`
    insert into mentions (conversation_key, user_id, seq)
    select conversation_key, 'viewer', 20 from participants where user_id = 'viewer' and ${nth(2)}`;
  await client`
    insert into silent_messages (conversation_key, seq)
    select conversation_key, 19 from participants where user_id = 'viewer' and ${nth(2)}`;
  await client`
    update messages set body = null, deleted_at = sent_at where seq = 18 and ${nth(2)}`;
  await client`vacuum analyze`;
  await client.end();
}

async function millisecondsOf(
  work: () => Promise<unknown>,
  times: number,
): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await work();
  return (performance.now() - start) / times;
}

function inMilliseconds(times: readonly number[]): string {
  return `${median(times).toFixed(2)} ms (${relativeSpread(times)})`;
}
