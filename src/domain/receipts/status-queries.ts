import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { millisecondsOf } from "../../db/fragments.js";
import {
  inConversation,
  perConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import { policyOf, policyText } from "../conversations/policy-fragments.js";
import type { MessageRef } from "../messages/message-id.js";
import type { Audience } from "./audience.js";
import { seesReads, stateShown, stateText } from "./privacy-fragments.js";
import {
  countsJson,
  isRecipient,
  isSelf,
  recipient,
} from "./recipient-fragments.js";
import type { RecipientState } from "./receipt.js";
import {
  countsUnder,
  unmarked,
  type CountsRead,
  type RecipientRow,
  type StatusCounts,
} from "./status.js";
import { timeOf } from "./time-fragments.js";

/** A message whose status is asked for, and the audience that asks. */
export interface StatusKey extends MessageRef {
  readonly audience: Audience;
}

/** A page of a message's recipients by user id. */
export interface RecipientsPage extends StatusKey {
  /** Only recipients in this state; null for those in any. */
  readonly state: RecipientState | null;
  /** Only recipients whose id comes after this id. */
  readonly afterUserId: string;
  readonly limit: number;
}

/** Counts, and what they hold for: as long as neither changes, nor do the counts. */
export interface CountedStatus {
  readonly counts: StatusCounts;
  /** The conversation's version. */
  readonly version: number;
  /** When the version was made, in milliseconds since the epoch: a restored database gives versions out again. */
  readonly changedMs: number;
  /** Whether the audience saw others' reads. */
  readonly sees: boolean;
}

/** A row of the statement that counts, with the position of its key, from 1; no counts where the known ones still hold. */
interface CountedRow extends Omit<CountedStatus, "counts"> {
  readonly counts: CountsRead | null;
  readonly position: number;
}

/**
 * Counts for many messages at once, each for its audience, in the order asked. Known counts are not
 * counted again while the conversation's version, and what the audience sees, are the same.
 */
const counts = perConversation({
  name: "status_counts",
  parameters: {
    seqs: "int8[]",
    selves: "text?[]",
    seesReads: "bool?[]",
    knownVersions: "int8?[]",
    knownTimes: "int8?[]",
    knownSees: "bool?[]",
  },
  row: rowOf<CountedRow>({
    version: "int8",
    changedMs: "int8",
    sees: "bool",
    counts: "json?",
    position: "int8",
  }),
  text: ({ items, key }, keys) => sql`
    with
    -- a message that is asked for, with the conversation's version
    message_asked as (
      select item.*, ${seesReads(sql`item.sees_reads`, sql`item.self`)} as sees,
        message.sender_id, ${policyOf(sql`conversation`, sql`item.seq`)} as policy,
        conversation.version, ${millisecondsOf(sql`conversation.changed_at`)} as changed_ms
      from ${items(sql`item`, {
        seq: keys.seqs,
        self: keys.selves,
        sees_reads: keys.seesReads,
        known_version: keys.knownVersions,
        known_ms: keys.knownTimes,
        known_sees: keys.knownSees,
      })}
      join conversations conversation
        on conversation.key = ${key(sql`item.conversation_key`)} and conversation.id = item.conversation_id
      join messages message
        on message.conversation_key = ${key(sql`conversation.key`)} and message.seq = item.seq
    ),
    -- the same message, and whether its known counts still hold
    asked as (
      select *, coalesce(version = known_version and changed_ms = known_ms and sees = known_sees, false) as is_known from message_asked
    )
    select asked.version, asked.changed_ms as "changedMs", asked.sees,
      case when not asked.is_known
        then json_build_object('policy', asked.policy, 'all', counted.counts, 'own', own.counts) end as counts,
      asked.position
    from asked cross join lateral (
      select ${countsJson} as counts
      from participants participant
      where not asked.is_known and participant.conversation_key = ${key(sql`asked.conversation_key`)}
        and ${isRecipient(sql`participant`, sql`asked`)}
        and asked.policy <> ${policyText.OFF}
    ) counted
    left join lateral (
      select ${countsJson} as counts
      from participants participant
      where not asked.is_known and asked.policy <> ${policyText.FULL}
        and participant.conversation_key = ${key(sql`asked.conversation_key`)} and ${isSelf}
        and ${isRecipient(sql`participant`, sql`asked`)}
    ) own on asked.policy <> ${policyText.FULL}
    order by asked.position`,
});

/**
 * A page of one message's recipients with their times. A delivery may bear a later time than the reading where rows of
 * the log were merged: nothing is read before it is delivered (R6). The recipients are read by index in order of
 * user id, so the statement reads no more of them than it shows.
 */
const recipients = statement({
  name: "recipients",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    seq: "int8",
    self: "text?",
    seesReads: "bool?",
    state: "text?",
    afterUserId: "text",
    limit: "int8",
  },
  row: rowOf<RecipientRow>({
    conversationId: "text",
    seq: "int8",
    userId: "text",
    state: "text",
    deliveredAt: "timestamptz?",
    readAt: "timestamptz?",
  }),
  text: (page) => sql`
    with
    -- the message that is asked for
    asked as (
      select key.*, ${seesReads(sql`key.sees_reads`, sql`key.self`)} as sees, message.sender_id,
        ${policyOf(sql`conversation`, sql`key.seq`)} as policy
      from (select ${page.conversationId} as conversation_id, ${page.seq} as seq, ${page.self} as self,
        ${page.seesReads} as sees_reads) key
      join messages message
        on message.conversation_key = ${page.conversationKey} and message.seq = key.seq
          and message.conversation_id = key.conversation_id
      join conversations conversation on conversation.key = ${page.conversationKey}
    )
    select asked.conversation_id as "conversationId", asked.seq, shown.user_id as "userId", shown.state,
      case when shown.state = ${stateText.READ} then least(delivery.at, reading.at)
        when shown.state <> ${stateText.PENDING} then coalesce(delivery.at, reading.at) end as "deliveredAt",
      case when shown.state = ${stateText.READ} then reading.at end as "readAt"
    from asked
    cross join lateral (
      select participant.user_id, participant.number, participant.read @> asked.seq as is_read, recipient.state
      from participants participant
      cross join lateral (select ${stateShown(recipient)} as state) recipient
      where participant.conversation_key = ${page.conversationKey}
        and ${isRecipient(sql`participant`, sql`asked`)}
        and (asked.policy = ${policyText.FULL} or ${isSelf})
        and participant.user_id > ${page.afterUserId}
        and (${page.state} is null or recipient.state = ${page.state})
      order by participant.user_id limit ${page.limit}
    ) shown
    left join lateral (${timeOf.DELIVERED(page.conversationKey, sql`shown`, sql`asked.seq`)}) delivery on true
    left join lateral (${timeOf.READ(page.conversationKey, sql`shown`, sql`asked.seq`)}) reading on true
    order by shown.user_id`,
});

/** The statements that read status. */
export interface StatusQueries {
  /**
   * Counts for many messages at once, each for its audience, in the order asked; null for a message that is
   * not there, since the database was put back (R54).
   * @param known for each key the counts that are remembered; they come back where they still hold
   */
  counts(
    keys: readonly StatusKey[],
    known: readonly (CountedStatus | null)[],
  ): Promise<(CountedStatus | null)[]>;
  /** A page of one message's recipients with their times, by user id. */
  recipients(page: RecipientsPage): Promise<readonly RecipientRow[]>;
}

/** Prepares the statements that read status. */
export function statusQueries(db: Db): StatusQueries {
  const run = {
    counts: preparePerConversation(db, counts),
    recipients: prepare(db, recipients),
  };
  return {
    async counts(keys, known) {
      const rows = await run.counts(
        keys.map((key) => key.conversationId),
        {
          seqs: keys.map((key) => key.seq),
          selves: keys.map((key) => key.audience.self),
          seesReads: keys.map((key) => key.audience.seesReads),
          knownVersions: known.map((counted) => counted?.version ?? null),
          knownTimes: known.map((counted) => counted?.changedMs ?? null),
          knownSees: known.map((counted) => counted?.sees ?? null),
        },
      );
      const counted: (CountedStatus | null)[] = keys.map(() => null);
      for (const { counts, position, ...asOf } of rows) {
        const isNew = keys[position - 1]?.audience.isNewRecipient ?? false;
        counted[position - 1] = counts
          ? {
              ...asOf,
              counts: countsUnder(
                isNew ? { ...counts, own: unmarked } : counts,
              ),
            }
          : (known[position - 1] ?? null);
      }
      return counted;
    },
    recipients: ({ audience: { self, seesReads }, conversationId, ...page }) =>
      run.recipients(
        { ...page, ...inConversation(conversationId), self, seesReads },
        self,
      ),
  };
}
