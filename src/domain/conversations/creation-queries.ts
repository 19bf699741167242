import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { keyOf } from "../../db/fragments.js";
import type { ParticipantRole } from "./participant.js";
import type { ReceiptPolicy } from "./receipt-policy.js";

// Every function here runs one statement of a transaction that makes a conversation.

const owner: ParticipantRole = "OWNER";
const member: ParticipantRole = "MEMBER";

/** What a conversation is recognised by when the call that made it is repeated. */
interface ConversationKey {
  readonly creatorId: string;
  readonly clientId: string;
}

/** The conversation that a creator's clientId made, and the digest of what was asked for then. */
interface KeyedConversation {
  readonly conversationId: string;
  readonly contentDigest: string;
}

/**
 * Stores which conversation a creator's clientId makes. Waits for a transaction that is storing the same
 * clientId. Returns false where it is known already.
 */
export async function insertConversationKey(
  tx: Db,
  key: ConversationKey & KeyedConversation,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into conversation_keys (creator_id, client_id, conversation_id, content_digest)
    values (${key.creatorId}, ${key.clientId}, ${key.conversationId}, ${key.contentDigest})
    on conflict do nothing returning client_id`);
  return rows.length > 0;
}

/** The conversation that a creator's clientId made; null for an unknown clientId. */
export async function selectConversationKey(
  tx: Db,
  { creatorId, clientId }: ConversationKey,
): Promise<KeyedConversation | null> {
  const [row] = await tx.execute<{
    conversationId: string;
    contentDigest: string;
  }>(sql`
    select conversation_id as "conversationId", content_digest as "contentDigest" from conversation_keys
    where creator_id = ${creatorId} and client_id = ${clientId}`);
  return row ?? null;
}

/** A conversation to be stored. */
interface NewRow {
  readonly id: string;
  readonly title: string | null;
  /** How many participants it begins with. */
  readonly participants: number;
  readonly isMadeByService: boolean;
  readonly receiptPolicy: ReceiptPolicy;
}

/** Makes a conversation. Returns false where the id is taken already, or another id with the same key. */
export async function insertConversation(
  tx: Db,
  { id, title, participants, isMadeByService, receiptPolicy }: NewRow,
): Promise<boolean> {
  const under = (policy: ReceiptPolicy) =>
    sql`${receiptPolicy === policy ? "{[1,)}" : "{}"}::int8multirange`;
  const rows = await tx.execute(sql`
    insert into conversations (key, id, title, last_participant, is_made_by_service, under_counts, under_off,
      created_at, changed_at, active_at)
    select ${keyOf(id)}, ${id}::text, ${title}::text, ${participants}::int4, ${isMadeByService}::bool,
      ${under("COUNTS")}, ${under("OFF")}, at, at, at
    from date_trunc('milliseconds', clock_timestamp()) at
    on conflict do nothing returning id`);
  return rows.length > 0;
}

/** Stores the first participants, who see every message. The first of them is the owner. */
export async function insertFounders(
  tx: Db,
  id: string,
  userIds: readonly string[],
  observerIds: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    insert into participants (conversation_key, conversation_id, number, user_id, role, is_observer, is_founder,
      joined_at, member, observed)
    select conversation.key, conversation.id, founder.n, founder.user_id,
      (case when founder.n = 1 then ${owner} else ${member} end)::participant_role, observer.is_observer,
      true, conversation.created_at, '{[1,)}', case when observer.is_observer then '{[1,)}' else '{}' end::int8multirange
    from conversations conversation,
      unnest(${sql.param(userIds)}::text[]) with ordinality as founder (user_id, n)
      cross join lateral (select founder.user_id = any(${sql.param(observerIds)}::text[]) as is_observer) observer
    where conversation.key = ${keyOf(id)} and conversation.id = ${id}
    order by founder.user_id`);
}

/** The users who were named when the conversation was made. */
export async function selectFounders(tx: Db, id: string): Promise<string[]> {
  const rows = await tx.execute<{ userId: string }>(sql`
    select participant.user_id as "userId" from participants participant
    where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
      and participant.is_founder`);
  return rows.map((row) => row.userId);
}

/** Whether a service token made a conversation; null where that is not known, since an earlier version made it. */
export async function selectIsMadeByService(
  tx: Db,
  id: string,
): Promise<boolean | null> {
  const [row] = await tx.execute<{ isMadeByService: boolean | null }>(sql`
    select conversation.is_made_by_service as "isMadeByService" from conversations conversation
    where conversation.key = ${keyOf(id)} and conversation.id = ${id}`);
  return row?.isMadeByService ?? null;
}
