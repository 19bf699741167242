import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { waitsAtMost } from "../../db/locking.js";
import {
  inConversation,
  joinedKey,
  perConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import {
  conversationFields,
  conversationRow,
  participantFields,
  participantRow,
  seenBy,
  unreadCount,
  viewedFields,
  viewedRow,
} from "./fragments.js";
import type {
  Membership,
  ParticipantRow,
  SeenMembership,
} from "./participant.js";

/** The conversation after which a page of conversations goes on. */
export interface InboxPlace {
  /** When it was active. */
  readonly activeAt: string;
  readonly conversationId: string;
}

const conversation = sql`conversation`;
const participant = sql`participant`;

/** Conversations by id; no row for an unknown id. */
const byId = perConversation({
  name: "conversations_by_id",
  parameters: {},
  row: conversationRow,
  text: (asked) => sql`
    select ${conversationFields(conversation)}
    from ${asked.items(sql`asked`, {})}
    join conversations conversation
      on conversation.key = ${asked.key(sql`asked.conversation_key`)} and conversation.id = asked.conversation_id`,
});

/** Conversations as these viewers see them; no row where the viewer is no present participant. */
const viewed = perConversation({
  name: "viewed_conversations",
  parameters: { userIds: "text[]" },
  row: rowOf<ViewedConversation & { userId: string }>({
    userId: "text",
    ...viewedRow.columns,
  }),
  text: ({ items, key }, { userIds }) => sql`
    select participant.user_id as "userId", ${viewedFields(participant, conversation, key)}
    from ${items(sql`asked`, { user_id: userIds })}
    join participants participant
      on participant.conversation_key = ${key(sql`asked.conversation_key`)} and participant.user_id = asked.user_id
    join conversations conversation
      on conversation.key = ${key(sql`participant.conversation_key`)} and conversation.id = asked.conversation_id
    where participant.left_at is null`,
});

/** A viewer's conversations, the most recently active first. */
const inbox = statement({
  name: "inbox",
  parameters: {
    userId: "text",
    activeAt: "timestamptz",
    conversationId: "text",
    limit: "int8",
  },
  row: viewedRow,
  text: ({ userId, activeAt, conversationId, limit }) => sql`
    select ${viewedFields(participant, conversation, joinedKey)}
    from (
      select conversation.* from participants participant
      join conversations conversation on conversation.key = participant.conversation_key
      where participant.user_id = ${userId} and participant.left_at is null
        and (conversation.active_at, conversation.id) < (${activeAt}, ${conversationId})
      order by conversation.active_at desc, conversation.id desc
      limit ${limit}
    ) conversation
    join participants participant
      on participant.conversation_key = conversation.key and participant.user_id = ${userId}
    order by conversation.active_at desc, conversation.id desc`,
});

/** Every conversation, the most recently active first: for service tokens. */
const all = statement({
  name: "all_conversations",
  parameters: {
    activeAt: "timestamptz",
    conversationId: "text",
    limit: "int8",
  },
  row: conversationRow,
  text: ({ activeAt, conversationId, limit }) => sql`
    select ${conversationFields(conversation)} from conversations conversation
    where (conversation.active_at, conversation.id) < (${activeAt}, ${conversationId})
    order by conversation.active_at desc, conversation.id desc
    limit ${limit}`,
});

/** Participants, present or not; no row for a user who never was in the conversation. */
const participants = perConversation({
  name: "participants",
  parameters: { userIds: "text[]", seers: "text?[]" },
  row: rowOf<ParticipantRow & { seer: string | null }>({
    ...participantRow.columns,
    seer: "text?",
  }),
  text: ({ items, key }, { userIds, seers }) => sql`
    select ${participantFields(participant, conversation, key)}, asked.seer
    from ${items(sql`asked`, { user_id: userIds, seer: seers })}
    join participants participant
      on participant.conversation_key = ${key(sql`asked.conversation_key`)} and participant.user_id = asked.user_id
    join conversations conversation
      on conversation.key = ${key(sql`participant.conversation_key`)} and conversation.id = asked.conversation_id
    cross join ${seenBy(participant, sql`asked.seer`, key)}`,
});

/** A page of the present participants by user id, each row with the number of all of them. */
const participantsPage = statement({
  name: "participants_page",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    afterUserId: "text",
    limit: "int8",
    seer: "text?",
  },
  row: rowOf<ParticipantRow & { totalCount: number }>({
    ...participantRow.columns,
    totalCount: "int4",
  }),
  text: ({ conversationKey, conversationId, afterUserId, limit, seer }) => sql`
    select ${participantFields(participant, conversation, () => conversationKey)},
      (select count(*)::int from participants present
       where present.conversation_key = ${conversationKey} and present.left_at is null) as "totalCount"
    from conversations conversation
    join participants participant on participant.conversation_key = conversation.key
    cross join ${seenBy(participant, seer, () => conversationKey)}
    where conversation.key = ${conversationKey} and conversation.id = ${conversationId}
      and participant.left_at is null
      and participant.user_id > ${afterUserId}
    order by participant.user_id
    limit ${limit}`,
});

/** The number of unread messages over all conversations that the user is in. */
const totalUnread = statement({
  name: "total_unread",
  parameters: { userId: "text" },
  row: rowOf<{ unreadCount: number }>({ unreadCount: "int4" }),
  text: ({ userId }) => sql`
    select coalesce(sum(${unreadCount(participant, conversation, joinedKey)}), 0)::int as "unreadCount"
    from participants participant
    join conversations conversation on conversation.key = participant.conversation_key
    where participant.user_id = ${userId} and participant.left_at is null`,
});

/** Waits for the lock of a conversation for so long, and gives it back. */
const awaitFree = statement({
  name: "await_free_conversation",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    waitMs: "int8",
  },
  row: rowOf<{ id: string }>({ id: "text" }),
  text: ({ conversationKey, conversationId, waitMs }) => sql`
    select conversation.id from conversations conversation
    where conversation.key = ${conversationKey} and conversation.id = ${conversationId} and ${waitsAtMost(waitMs)} for update`,
});

/** The statements that read conversations and participants. */
export interface ConversationQueries {
  /** Conversations by id, in any order; no row for an unknown id. */
  byId(ids: readonly string[]): Promise<readonly ConversationRow[]>;
  /** Conversations as these viewers see them, in any order; no row where the viewer is no present participant. */
  viewed(
    keys: readonly Membership[],
  ): Promise<readonly (ViewedConversation & { userId: string })[]>;
  /** A page of a viewer's conversations, the most recently active first. */
  inbox(
    userId: string,
    after: InboxPlace,
    limit: number,
  ): Promise<readonly ViewedConversation[]>;
  /** A page of all conversations, the most recently active first. */
  all(after: InboxPlace, limit: number): Promise<readonly ConversationRow[]>;
  /** Participants, present or not, in any order; no row for a user who never was in the conversation. */
  participants(
    keys: readonly SeenMembership[],
  ): Promise<readonly (ParticipantRow & { seer: string | null })[]>;
  /** A page of the present participants by user id, each row with the number of all of them. */
  participantsPage(page: {
    conversationId: string;
    afterUserId: string;
    limit: number;
    /** The viewer; null where they may see every message. */
    seer: string | null;
    /** The user whose turn the statement takes; null for nobody's. */
    owner: string | null;
  }): Promise<readonly (ParticipantRow & { totalCount: number })[]>;
  /** The number of unread messages over all conversations that the user is in. */
  totalUnread(userId: string): Promise<number>;
  /** Waits until no other transaction has locked the conversation; fails with `lock_not_available` past the time. */
  awaitFree(id: string, waitMs: number): Promise<unknown>;
}

/** Prepares the statements that read conversations and participants. */
export function conversationQueries(db: Db): ConversationQueries {
  const run = {
    byId: preparePerConversation(db, byId),
    viewed: preparePerConversation(db, viewed),
    inbox: prepare(db, inbox),
    all: prepare(db, all),
    participants: preparePerConversation(db, participants),
    participantsPage: prepare(db, participantsPage),
    totalUnread: prepare(db, totalUnread),
    awaitFree: prepare(db, awaitFree),
  };
  return {
    byId: (ids) => run.byId(ids, {}),
    viewed: (keys) => run.viewed(idsOf(keys), { userIds: usersOf(keys) }),
    inbox: (userId, after, limit) =>
      run.inbox({ userId, ...after, limit }, userId),
    all: (after, limit) => run.all({ ...after, limit }),
    participants: (keys) =>
      run.participants(idsOf(keys), {
        userIds: usersOf(keys),
        seers: keys.map(({ seer = null }) => seer),
      }),
    participantsPage: ({ conversationId: id, owner, ...page }) =>
      run.participantsPage({ ...page, ...inConversation(id) }, owner),
    totalUnread: async (userId) =>
      (await run.totalUnread({ userId }, userId))[0]?.unreadCount ?? 0,
    awaitFree: (id, waitMs) => run.awaitFree({ ...inConversation(id), waitMs }),
  };
}

const idsOf = (keys: readonly Membership[]) =>
  keys.map((key) => key.conversationId);
const usersOf = (keys: readonly Membership[]) => keys.map((key) => key.userId);
