import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import { ownMessagesIn } from "../messages/message-queries.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import type { Membership, ParticipantRow } from "./participant.js";

/** The columns of {@link ConversationRow}, from `conversations c`. */
const conversationColumns = sql`
  c.id, c.title, c.version, c.last_seq as "lastSeq", c.created_at as "createdAt",
  c.active_at as "activeAt", (extract(epoch from now()) * 1000)::float8 as "atMs"`;

/** The messages sent while participant `p` was in conversation `c`. */
const sentWhileMember = sql`(p.member * int8multirange(int8range(1, c.last_seq + 1)))`;

/** How many messages participant `p` has not read (R14), in one index probe or two for each gap. */
const unreadCount = sql`(
  select coalesce(sum(
    upper(r) - lower(r)
    - ${ownMessagesIn(sql`p.key`, sql`r`)}
    - (select count(*) from messages gone
       where gone.conversation_id = p.conversation_id and gone.deleted_at is not null
         and gone.seq >= lower(r) and gone.seq < upper(r) and gone.sender_id <> p.user_id)
  ), 0) from unnest(${sentWhileMember} - p.read) r)`;

/** The highest seq such that every message for participant `p` up to it is in `set` (R15). */
const upToSeq = (set: SQL) => sql`coalesce((
  select gap.seq - 1 from unnest(${sentWhileMember} - ${set}) with ordinality as missing (run, n)
  cross join lateral (
    select m.seq from messages m
    where m.conversation_id = p.conversation_id and m.sender_id <> p.user_id
      and m.seq >= lower(missing.run) and m.seq < upper(missing.run)
    order by m.seq limit 1) gap
  order by missing.n limit 1), c.last_seq)`;

/** The columns of {@link ParticipantRow}, from `participants p` and `conversations c`. */
const participantColumns = sql`
  p.conversation_id as "conversationId", p.user_id as "userId", p.role,
  p.left_at is null as "isActive", p.joined_at as "joinedAt",
  ${upToSeq(sql`p.delivered`)} as "deliveredUpToSeq", ${upToSeq(sql`p.read`)} as "readUpToSeq",
  ${upToSeq(sql`(p.read - p.hidden)`)} as "shownReadUpToSeq"`;

/** The newest message that participant `p` may see, as JSON. */
const lastMessage = sql`(
  select json_build_object('conversationId', m.conversation_id, 'seq', m.seq, 'version', m.version,
    'senderId', m.sender_id, 'clientId', m.client_id, 'body', m.body, 'type', m.type,
    'fileType', m.file_type, 'sentAt', m.sent_at, 'deletedAt', m.deleted_at)
  from messages m
  where m.conversation_id = c.id and m.seq = upper(${sentWhileMember}) - 1)`;

const viewedColumns = sql`${conversationColumns}, p.member::text as member,
  ${unreadCount}::int as "unreadCount", ${lastMessage} as "lastMessage"`;

/** Where a page of conversations goes on: after the conversation last active then. */
export interface InboxPlace {
  readonly activeAt: string;
  readonly conversationId: string;
}

export type ConversationQueries = ReturnType<typeof conversationQueries>;

/** The statements that read conversations and participants. */
export function conversationQueries(db: Db) {
  const byId = prepare<{ ids: string[] }, ConversationRow>(
    db,
    "conversations_by_id",
    sql`
    select ${conversationColumns} from conversations c
    where c.id = any(${sql.placeholder("ids")}::text[])`,
  );

  /** Conversations as these viewers find them; no row where the viewer is no present participant. */
  const viewed = prepare<
    { conversationIds: string[]; userIds: string[] },
    ViewedConversation & { userId: string }
  >(
    db,
    "viewed_conversations",
    sql`
    select p.user_id as "userId", ${viewedColumns}
    from unnest(${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("userIds")}::text[])
      as i (conversation_id, user_id)
    join participants p using (conversation_id, user_id)
    join conversations c on c.id = p.conversation_id
    where p.left_at is null`,
  );

  /** A viewer's conversations, the most recently active first. */
  const inbox = prepare<
    { userId: string; activeAt: string; conversationId: string; limit: number },
    ViewedConversation
  >(
    db,
    "inbox",
    sql`
    select ${viewedColumns}
    from (
      select c.* from participants p join conversations c on c.id = p.conversation_id
      where p.user_id = ${sql.placeholder("userId")} and p.left_at is null
        and (c.active_at, c.id) < (${sql.placeholder("activeAt")}::timestamptz, ${sql.placeholder("conversationId")}::text)
      order by c.active_at desc, c.id desc
      limit ${sql.placeholder("limit")}::int8
    ) c
    join participants p on p.conversation_id = c.id and p.user_id = ${sql.placeholder("userId")}
    order by c.active_at desc, c.id desc`,
  );

  /** Every conversation, the most recently active first: for service tokens. */
  const all = prepare<
    { activeAt: string; conversationId: string; limit: number },
    ConversationRow
  >(
    db,
    "all_conversations",
    sql`
    select ${conversationColumns} from conversations c
    where (c.active_at, c.id) < (${sql.placeholder("activeAt")}::timestamptz, ${sql.placeholder("conversationId")}::text)
    order by c.active_at desc, c.id desc
    limit ${sql.placeholder("limit")}::int8`,
  );

  /** Participants, present or not; no row where there never was one. */
  const participants = prepare<
    { conversationIds: string[]; userIds: string[] },
    ParticipantRow
  >(
    db,
    "participants",
    sql`
    select ${participantColumns}
    from unnest(${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("userIds")}::text[])
      as i (conversation_id, user_id)
    join participants p using (conversation_id, user_id)
    join conversations c on c.id = p.conversation_id`,
  );

  /** A page of the present participants by user id, and how many there are. */
  const participantsPage = prepare<
    { conversationId: string; afterUserId: string; limit: number },
    ParticipantRow & { totalCount: number }
  >(
    db,
    "participants_page",
    sql`
    select ${participantColumns},
      (select count(*)::int from participants a
       where a.conversation_id = c.id and a.left_at is null) as "totalCount"
    from conversations c
    join participants p on p.conversation_id = c.id
    where c.id = ${sql.placeholder("conversationId")} and p.left_at is null
      and p.user_id > ${sql.placeholder("afterUserId")}
    order by p.user_id
    limit ${sql.placeholder("limit")}::int8`,
  );

  /** Unread messages over all conversations that the user is in. */
  const totalUnread = prepare<{ userId: string }, { unreadCount: number }>(
    db,
    "total_unread",
    sql`
    select coalesce(sum(${unreadCount}), 0)::int as "unreadCount"
    from participants p join conversations c on c.id = p.conversation_id
    where p.user_id = ${sql.placeholder("userId")} and p.left_at is null`,
  );

  return {
    byId: (ids: readonly string[]) => byId({ ids: [...ids] }),
    viewed: (keys: readonly Membership[]) => viewed(columns(keys)),
    inbox: (userId: string, after: InboxPlace, limit: number) =>
      inbox({ userId, ...after, limit }),
    all: (after: InboxPlace, limit: number) => all({ ...after, limit }),
    participants: (keys: readonly Membership[]) => participants(columns(keys)),
    participantsPage,
    totalUnread: async (userId: string) =>
      (await totalUnread({ userId }))[0]?.unreadCount ?? 0,
  };
}

function columns(keys: readonly Membership[]) {
  return {
    conversationIds: keys.map((k) => k.conversationId),
    userIds: keys.map((k) => k.userId),
  };
}
