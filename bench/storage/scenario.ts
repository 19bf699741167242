import type { Sql } from "postgres";
import { everyone } from "../../src/domain/receipts/audience.js";
import type { Services } from "../../src/services.js";
import { openClient } from "../support/database.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { fillGroupChats, type GroupChats } from "./group-chats.js";
import {
  asTheyCome,
  hereAndThere,
  randomNumbers,
  type Habit,
} from "./habits.js";
import { openServices } from "./in-process.js";

/** The relations that Acked has for receipts alone. The index counts a sender's own messages. */
const receiptRelations = ["participants", "receipt_log", "messages_by_sender"];
const blocks = 20;
const samples = 400;

/** Bytes for each message's state for each recipient, against a row for each of them. */
export const storage: Scenario = {
  name: "storage",
  async run(context) {
    const isFull = context.size === "full";
    return [
      await measure(context, {
        text: "10 % here and there",
        habit: hereAndThere,
        conversations: isFull ? 100 : 2,
        goal: { kind: "at most", value: 1 / 5 },
      }),
      await measure(context, {
        text: "10 % as they come",
        habit: asTheyCome,
        conversations: isFull ? 20 : 2,
        goal: null,
      }),
    ];
  },
};

async function measure(
  { openDatabase, progress }: BenchContext,
  {
    text,
    habit,
    conversations,
    goal,
  }: {
    text: string;
    habit: Habit;
    conversations: number;
    goal: Figure["goal"];
  },
): Promise<Figure> {
  const database = await openDatabase("storage");
  const { services, close } = await openServices(database.url);
  const sql = openClient(database.url);
  try {
    const chats = await fillGroupChats(services, {
      conversations,
      blocks,
      habit,
    });
    progress(`storage: ${text}: sent and marked`);
    await chats.rows.store(sql);
    await sql`vacuum analyze`;
    await checkTotals(sql, chats);
    await checkSamples(services, sql, chats);

    const states = chats.rows.count("DELIVERED");
    const ours = await bytesOf(sql, receiptRelations);
    const theirs = await bytesOf(sql, ["message_recipients"]);
    const [log] = await sql<{ rows: number }[]>`
      select count(*)::int as rows from receipt_log`;
    return {
      figure: `bytes a state, ${states.toLocaleString("en")} states, 90 % read in runs, ${text}`,
      value: `${(ours / states).toFixed(1)} B, ${((log?.rows ?? NaN) / states).toFixed(2)} log rows`,
      against: "a row each, primary key and one index",
      peerValue: `${(theirs / states).toFixed(1)} B`,
      ratio: ours / theirs,
      goal,
    };
  } finally {
    await sql.end();
    await close();
    await database.close();
  }
}

/** Tables with all of their indexes, or an index. */
async function bytesOf(sql: Sql, relations: string[]): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(name::regclass))::float8 as bytes
    from unnest(${relations}::text[]) name`;
  return row?.bytes ?? NaN;
}

/** Checks that both ways of storing hold exactly the result of the marks. */
async function checkTotals(sql: Sql, { rows }: GroupChats): Promise<void> {
  const [ours] = await sql<{ delivered: number; read: number }[]>`
    select sum((select sum(upper(r) - lower(r)) from unnest(delivered) r))::int as delivered,
      sum((select sum(upper(r) - lower(r)) from unnest(read) r))::int as read
    from participants where role = 'MEMBER'`;
  const [theirs] = await sql<{ delivered: number; read: number }[]>`
    select count(delivered_at)::int as delivered, count(read_at)::int as read
    from message_recipients`;
  for (const found of [ours, theirs])
    if (
      found?.delivered !== rows.count("DELIVERED") ||
      found.read !== rows.count("READ")
    )
      throw new Error(`storage: ${JSON.stringify({ ours, theirs })}`);
}

/** Checks that the service answers the same as the rows for a message's recipients. */
async function checkSamples(
  services: Services,
  sql: Sql,
  { conversationIds, recipientIds, messagesInEach }: GroupChats,
): Promise<void> {
  const random = randomNumbers(2);
  for (let i = 0; i < samples; i++) {
    const place = Math.floor(random() * conversationIds.length);
    // Every other one from the last block, where states differ.
    const seq =
      i % 2 === 0
        ? 1 + Math.floor(random() * messagesInEach)
        : messagesInEach - Math.floor(random() * 50);
    const rows = await services.statuses.recipients({
      conversationId: conversationIds[place] ?? "",
      seq,
      audience: everyone,
      state: null,
      afterUserId: "",
      limit: recipientIds.length,
    });
    const ours = rows.map(({ userId, state, deliveredAt, readAt }) => [
      userId,
      state,
      deliveredAt !== null,
      readAt !== null,
    ]);
    const messageId = place * messagesInEach + seq;
    const stored = await sql<{ userId: string; isRead: boolean }[]>`
      select user_id as "userId", read_at is not null as "isRead"
      from message_recipients where message_id = ${messageId}`;
    const theirs = recipientIds.map((userId) => {
      const row = stored.find((one) => one.userId === userId);
      if (!row) return [userId, "PENDING", false, false];
      return [userId, row.isRead ? "READ" : "DELIVERED", true, row.isRead];
    });
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      throw new Error(
        `storage: message ${seq} of conversation ${place}: ${JSON.stringify({ ours, theirs })}`,
      );
  }
}
