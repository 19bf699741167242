import { connect } from "../../src/db/connect.js";
import { compactionQueries } from "../../src/domain/receipts/compaction-queries.js";
import { compact } from "../../src/domain/receipts/compactor.js";
import { seedAcked } from "../support/acked-chats.js";
import { openClient } from "../support/database.js";
import type { BenchContext, Figure } from "../support/scenario.js";

const readersPerChat = 5;

/** How fast `acked compact` merges the rows of messages that were read one by one, long ago. */
export async function compaction(context: BenchContext): Promise<Figure> {
  const [chats, messageCount] =
    context.size === "full" ? [100, 1_000] : [4, 100];
  const readers = chats * readersPerChat;
  const rows = readers * messageCount;
  const database = await context.openDatabase("compaction");
  try {
    await seedAcked(
      database.url,
      Array.from({ length: chats }, (_, chat) => ({
        id: `conversation-${chat}`,
        senderId: "sender",
        readerIds: Array.from({ length: readersPerChat }, (_, n) => `r${n}`),
        messageCount,
      })),
    );
    const client = openClient(database.url);
    await client`
      update participants set delivered = set, read = set
      from (select int8multirange(int8range(1, ${messageCount + 1}::int)) as set) every where role = 'MEMBER'`;
    await client`
      insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at, is_delivery)
      select conversation_key, ${messageCount}::int + n * ${readersPerChat}::int + number, number, 'READ', n, n,
        now() - interval '100 days', true
      from participants, generate_series(1, ${messageCount}::int) n where role = 'MEMBER'`;
    await client`vacuum analyze`;
    context.progress("erasure: a log to compact");
    const { db, close } = connect(database.url, { max: 1 });
    const beganMs = performance.now();
    const gone = await compact(compactionQueries(db), {
      ...{ days: 30, isForced: true, isGentle: false },
    }).finally(close);
    const seconds = (performance.now() - beganMs) / 1_000;
    const [row] = await client<{ left: number }[]>`
      select count(*)::int as left from receipt_log where kind = 'READ'`;
    await client.end();
    if (gone !== rows - readers || row?.left !== readers)
      throw new Error(
        `compaction: ${String(gone)} gone, ${String(row?.left)} left`,
      );
    return {
      figure: `compaction of ${rows.toLocaleString("en")} rows of ${readers} participants`,
      value: `${seconds.toFixed(1)} s, ${Math.round(rows / seconds).toLocaleString("en")} rows/s`,
      against: "",
      peerValue: "",
      ratio: null,
      goal: null,
    };
  } finally {
    await database.close();
  }
}
