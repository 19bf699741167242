import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { inConversation } from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { logKind } from "../../db/log-table.js";
import type { Stay } from "./whereabouts-queries.js";

/** A user's row, as it is exported. */
export interface ExportedUser {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly readReceipts: boolean;
  readonly createdAt: string;
  readonly deactivatedAt: string | null;
}

/** A participant's row, as it is exported; sets are multiranges as text. */
export interface ExportedParticipant {
  readonly role: string;
  readonly isObserver: boolean;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly isToBeBroughtBack: boolean;
  readonly member: string;
  readonly delivered: string;
  readonly read: string;
  readonly hidden: string;
  /** Null where nothing is. */
  readonly flagged: string | null;
  readonly mutedUntil: string | null;
  /** The messages that mention them; a set too. */
  readonly mentionedIn: string;
}

/** A message, as it is exported. */
export interface ExportedMessage {
  readonly seq: number;
  readonly clientId: string;
  readonly body: string | null;
  readonly contentType: string;
  readonly fileType: string | null;
  readonly sentAt: string;
  readonly deletedAt: string | null;
}

type LogKind = (typeof logKind.enumValues)[number];

/** A row of the log, as it is exported. */
export interface ExportedLogRow {
  readonly version: number;
  readonly kind: LogKind;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly at: string;
  readonly isHidden: boolean;
}

/** The conversation that a user's clientId made, as it is exported. */
export interface ExportedKey {
  readonly clientId: string;
  readonly conversationId: string;
}

const user = statement({
  name: "export_user",
  parameters: { userId: "text" },
  row: rowOf<ExportedUser>({
    id: "text",
    displayName: "text?",
    avatarUrl: "text?",
    readReceipts: "bool",
    createdAt: "timestamptz",
    deactivatedAt: "timestamptz?",
  }),
  text: ({ userId }) => sql`
    select users.id, users.display_name as "displayName", users.avatar_url as "avatarUrl",
      users.read_receipts as "readReceipts", users.created_at as "createdAt",
      deactivations.deactivated_at as "deactivatedAt"
    from users left join deactivations on deactivations.user_id = users.id
    where users.id = ${userId}`,
});

const participant = statement({
  name: "export_participant",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    userId: "text",
  },
  row: rowOf<ExportedParticipant>({
    role: "participant_role",
    isObserver: "bool",
    joinedAt: "timestamptz",
    leftAt: "timestamptz?",
    isToBeBroughtBack: "bool",
    member: "text",
    delivered: "text",
    read: "text",
    hidden: "text",
    flagged: "text?",
    mutedUntil: "timestamptz?",
    mentionedIn: "text",
  }),
  text: ({ conversationKey, conversationId, userId }) => sql`
    select participant.role, participant.is_observer as "isObserver", participant.joined_at as "joinedAt", participant.left_at as "leftAt",
      exists (select from departures departure
        where departure.conversation_key = ${conversationKey} and departure.user_id = ${userId}) as "isToBeBroughtBack",
      participant.member::text as member, participant.delivered::text as delivered,
      participant.read::text as read, participant.hidden::text as hidden,
      participant.flagged::text as flagged, participant.muted_until as "mutedUntil",
      (select coalesce(range_agg(int8range(mention.seq, mention.seq + 1)), '{}')::text from mentions mention
        where mention.conversation_key = ${conversationKey} and mention.user_id = ${userId}) as "mentionedIn"
    from participants participant
    where participant.conversation_key = ${conversationKey} and participant.conversation_id = ${conversationId}
      and participant.user_id = ${userId}`,
});

const messages = statement({
  name: "export_messages",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    number: "int4",
    after: "int8",
    limit: "int8",
  },
  row: rowOf<ExportedMessage>({
    seq: "int4",
    clientId: "text",
    body: "text?",
    contentType: "text",
    fileType: "text?",
    sentAt: "timestamptz",
    deletedAt: "timestamptz?",
  }),
  text: ({ conversationKey, conversationId, number, after, limit }) => sql`
    select message.seq, message.client_id as "clientId", message.body, message.type as "contentType",
      message.file_type as "fileType", message.sent_at as "sentAt", message.deleted_at as "deletedAt"
    from messages message
    where message.conversation_key = ${conversationKey} and message.conversation_id = ${conversationId}
      and message.sender_number = ${number} and message.seq > ${after}
    order by message.seq limit ${limit}`,
});

/** Rows of one version come together. */
const log = statement({
  name: "export_log",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    number: "int4",
    after: "int8",
    limit: "int8",
  },
  row: rowOf<ExportedLogRow>({
    version: "int8",
    kind: "text",
    fromSeq: "int4",
    toSeq: "int4",
    at: "timestamptz",
    isHidden: "bool",
  }),
  text: ({ conversationKey, conversationId, number, after, limit }) => sql`
    select log.version, log.kind::text as kind, log.first_seq as "fromSeq", log.last_seq as "toSeq", log.at,
      log.is_hidden as "isHidden"
    from receipt_log log
    where log.conversation_key = ${conversationKey} and log.participant_number = ${number} and log.version > ${after}
      and ${conversationId} is not null
    order by log.version
    fetch first (${limit}) rows with ties`,
});

const keys = statement({
  name: "export_conversation_keys",
  parameters: { userId: "text", after: "text", limit: "int8" },
  row: rowOf<ExportedKey>({ clientId: "text", conversationId: "text" }),
  text: ({ userId, after, limit }) => sql`
    select client_id as "clientId", conversation_id as "conversationId" from conversation_keys
    where creator_id = ${userId} and client_id > ${after} order by client_id limit ${limit}`,
});

/** The statements that read all that is stored of a user. */
export interface ExportQueries {
  /** The user's row; null where there is none. */
  user(userId: string): Promise<ExportedUser | null>;
  participant(
    conversationId: string,
    userId: string,
  ): Promise<ExportedParticipant | null>;
  /** Their messages after a seq, in order. */
  messages(
    stay: Stay,
    after: number,
    limit: number,
  ): Promise<readonly ExportedMessage[]>;
  /** Their rows of the log after a version, in order. Those of one version come together. */
  log(
    stay: Stay,
    after: number,
    limit: number,
  ): Promise<readonly ExportedLogRow[]>;
  /** What their clientIds made, after one of them, in order. */
  keys(
    userId: string,
    after: string,
    limit: number,
  ): Promise<readonly ExportedKey[]>;
}

/** Prepares the statements that read all that is stored of a user. */
export function exportQueries(db: Db): ExportQueries {
  const run = {
    user: prepare(db, user),
    participant: prepare(db, participant),
    messages: prepare(db, messages),
    log: prepare(db, log),
    keys: prepare(db, keys),
  };
  return {
    user: async (userId) => (await run.user({ userId }))[0] ?? null,
    participant: async (conversationId, userId) =>
      (
        await run.participant({ ...inConversation(conversationId), userId })
      )[0] ?? null,
    messages: ({ conversationId, number }, after, limit) =>
      run.messages({ ...inConversation(conversationId), number, after, limit }),
    log: ({ conversationId, number }, after, limit) =>
      run.log({ ...inConversation(conversationId), number, after, limit }),
    keys: (userId, after, limit) => run.keys({ userId, after, limit }),
  };
}
