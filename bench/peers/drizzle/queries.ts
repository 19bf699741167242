import { and, count, eq, lte, ne, sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { messages, participants, receipts } from "./tables.js";

const { placeholder } = sql;

/** On a repeated receipt, the first time stands. */
const keepFirst = {
  target: [receipts.messageId, receipts.userId],
  set: { readAt: sql`coalesce(${receipts.readAt}, excluded.read_at)` },
};

/** The statements. Those for single messages are prepared. */
export function createQueries(databaseUrl: string) {
  const db = drizzle(postgres(databaseUrl, { max: 10 }));

  /** A message that the user may see. */
  const message = db
    .select({ id: messages.id, conversationId: messages.conversationId })
    .from(messages)
    .innerJoin(
      participants,
      and(
        eq(participants.conversationId, messages.conversationId),
        eq(participants.userId, placeholder("userId")),
      ),
    )
    .where(eq(messages.id, placeholder("messageId")))
    .prepare("message");

  const upsert = db
    .insert(receipts)
    .values({
      messageId: placeholder("messageId"),
      userId: placeholder("userId"),
      deliveredAt: sql`now()`,
      readAt: sql`case when ${placeholder("isRead")}::boolean then now() end`,
    })
    .onConflictDoUpdate(keepFirst)
    .prepare("upsert_receipt");

  const counts = db
    .select({
      totalRecipients: sql<number>`(select count(*)::int - 1 from ${participants} where ${participants.conversationId} = ${placeholder("conversationId")})`,
      deliveredCount: count(receipts.deliveredAt),
      readCount: count(receipts.readAt),
    })
    .from(receipts)
    .where(eq(receipts.messageId, placeholder("messageId")))
    .prepare("counts");

  const participant = db
    .select()
    .from(participants)
    .where(
      and(
        eq(participants.conversationId, placeholder("conversationId")),
        eq(participants.userId, placeholder("userId")),
      ),
    )
    .prepare("participant");

  return {
    message: async (messageId: number, userId: string) =>
      (await message.execute({ messageId, userId }))[0] ?? null,
    upsert: (messageId: number, userId: string, isRead: boolean) =>
      upsert.execute({ messageId, userId, isRead }),
    counts: async (messageId: number, conversationId: string) =>
      (await counts.execute({ messageId, conversationId }))[0] ?? null,
    isParticipant: async (conversationId: string, userId: string) =>
      (await participant.execute({ conversationId, userId })).length > 0,
    upsertUpTo: upsertUpTo(db),
  };
}

/** Marks every message up to a given message as read, in one statement. */
const upsertUpTo =
  (db: PostgresJsDatabase) =>
  (conversationId: string, userId: string, upToMessageId: number) =>
    db
      .insert(receipts)
      .select(
        db
          .select({
            messageId: messages.id,
            userId: sql<string>`${userId}::text`.as("user_id"),
            deliveredAt: sql<Date>`now()`.as("delivered_at"),
            readAt: sql<Date>`now()`.as("read_at"),
          })
          .from(messages)
          .where(
            and(
              eq(messages.conversationId, conversationId),
              lte(messages.id, upToMessageId),
              ne(messages.senderId, userId),
            ),
          ),
      )
      .onConflictDoUpdate(keepFirst);

export type Queries = ReturnType<typeof createQueries>;
