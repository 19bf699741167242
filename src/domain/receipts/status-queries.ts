import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import type { RecipientState } from "./receipt.js";
import type { MessageRef } from "../messages/message-id.js";
import type { Audience } from "./audience.js";
import type { RecipientRow, StatusCounts } from "./status.js";

/** A message whose status is asked for, and by whom. */
export interface StatusKey extends MessageRef {
  readonly audience: Audience;
}

/** Which recipients of a message: a page of them by user id, all or those in one state. */
export interface RecipientsPage extends StatusKey {
  readonly state: RecipientState | null;
  /** Only those whose id comes after this one. */
  readonly afterUserId: string;
  readonly limit: number;
}

/** Counts, and what they hold for: as long as neither changes, nor do they. */
export interface CountedStatus {
  readonly counts: StatusCounts;
  /** The conversation's. */
  readonly version: number;
  /** Whether the audience saw others' reads. */
  readonly sees: boolean;
}

/** What the statement says of one message; no counts where those that were known still hold. */
interface CountedRow extends Pick<CountedStatus, "version" | "sees"> {
  readonly counts: StatusCounts | null;
}

export type StatusQueries = ReturnType<typeof statusQueries>;

/** Whether the audience sees others' reads: said by it, or looked up for it. */
const seesReads = sql`coalesce(k.sees_reads::boolean,
  (select u.read_receipts from users u where u.id = k.self), true)`;

/** Whether participant `p` has read message `k.seq`, as the audience sees it (R20). */
const shownAsRead = sql`case
  when p.user_id = k.self then p.read @> k.seq
  else k.sees and p.read @> k.seq and not p.hidden @> k.seq end`;

/** A message's recipients (R1): present participants who were in it when it was sent, but its sender. */
const isRecipient = sql`p.left_at is null and p.member @> k.seq and p.user_id <> k.sender_id`;

/** When the device of participant `w` reported `k.seq`: the run that holds it is the last to start at or before it. */
const timeOfDelivery = sql`
  select run.at from (
    select l.at, l.last_seq from receipt_log l
    where l.participant_key = w.key and l.kind = 'DELIVERED' and l.first_seq <= k.seq
    order by l.first_seq desc limit 1
  ) run where run.last_seq >= k.seq`;

/**
 * When participant `w` read `k.seq`: of the runs that hold it the inmost is the earliest. Those passed on
 * the way to it lie in short gaps of its run.
 */
const timeOfReading = sql`
  select l.at from receipt_log l
  where w.is_read and l.participant_key = w.key and l.kind = 'READ'
    and l.first_seq <= k.seq and l.last_seq >= k.seq
  order by l.first_seq desc limit 1`;

/** The statements that read status. */
export function statusQueries(db: Db) {
  /**
   * Counts for many messages at once, each for its audience, in the order asked. What is known already is
   * not counted again while the conversation's version, and what the audience sees, are the same.
   */
  const counts = prepare<
    {
      conversationIds: string[];
      seqs: number[];
      selves: (string | null)[];
      seesReads: (string | null)[];
      knownVersions: (number | null)[];
      knownSees: (string | null)[];
    },
    CountedRow
  >(
    db,
    "status_counts",
    sql`
    with asked as (
      select k.*, ${seesReads} as sees, m.sender_id, c.version
      from unnest(
        ${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("seqs")}::int8[],
        ${sql.placeholder("selves")}::text[], ${sql.placeholder("seesReads")}::text[],
        ${sql.placeholder("knownVersions")}::int8[], ${sql.placeholder("knownSees")}::text[]
      ) with ordinality as k (conversation_id, seq, self, sees_reads, known_version, known_sees, position)
      join conversations c on c.id = k.conversation_id
      join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq
    ),
    k as (
      select *, coalesce(version = known_version and sees = known_sees::boolean, false) as is_known from asked
    )
    select k.version, k.sees, case when not k.is_known then counted.counts end as counts
    from k cross join lateral (
      select json_build_object('total', count(*),
        'delivered', count(*) filter (where p.delivered @> k.seq),
        'read', count(*) filter (where ${shownAsRead})) as counts
      from participants p
      where not k.is_known and p.conversation_id = k.conversation_id and ${isRecipient}
    ) counted
    order by k.position`,
  );

  /** A page of one message's recipients with their times: by index in order of user id, so it reads no more than it shows. */
  const recipients = prepare<
    {
      conversationId: string;
      seq: number;
      self: string | null;
      seesReads: string | null;
      state: RecipientState | null;
      afterUserId: string;
      limit: number;
    },
    RecipientRow
  >(
    db,
    "recipients",
    sql`
    with k as (
      select k.*, ${seesReads} as sees, m.sender_id
      from (select ${sql.placeholder("conversationId")}::text as conversation_id,
        ${sql.placeholder("seq")}::int8 as seq, ${sql.placeholder("self")}::text as self,
        ${sql.placeholder("seesReads")}::text as sees_reads) k
      join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq
    )
    select k.conversation_id as "conversationId", k.seq, w.user_id as "userId", w.state,
      case when w.state <> 'PENDING' then coalesce(delivery.at, reading.at) end as "deliveredAt",
      case when w.state = 'READ' then reading.at end as "readAt"
    from k
    cross join lateral (
      select p.user_id, p.key, p.read @> k.seq as is_read, shown.state
      from participants p
      cross join lateral (select case when ${shownAsRead} then 'READ'
        when p.delivered @> k.seq then 'DELIVERED' else 'PENDING' end as state) shown
      where p.conversation_id = k.conversation_id and ${isRecipient}
        and p.user_id > ${sql.placeholder("afterUserId")}
        and (${sql.placeholder("state")}::text is null or shown.state = ${sql.placeholder("state")}::text)
      order by p.user_id limit ${sql.placeholder("limit")}::int8
    ) w
    left join lateral (${timeOfDelivery}) delivery on true
    left join lateral (${timeOfReading}) reading on true
    order by w.user_id`,
  );

  return {
    /** @param known for each key what is remembered of it: that is what comes where it still holds */
    async counts(
      keys: readonly StatusKey[],
      known: readonly (CountedStatus | null)[],
    ): Promise<CountedStatus[]> {
      const rows = await counts({
        conversationIds: keys.map((k) => k.conversationId),
        seqs: keys.map((k) => k.seq),
        selves: keys.map((k) => k.audience.self),
        seesReads: keys.map((k) => asText(k.audience.seesReads)),
        knownVersions: known.map((k) => k?.version ?? null),
        knownSees: known.map((k) => asText(k?.sees ?? null)),
      });
      return rows.flatMap(
        ({ version, sees, counts }, i) =>
          (counts ? { version, sees, counts } : known[i]) ?? [],
      );
    },
    recipients: ({
      audience,
      conversationId,
      seq,
      state,
      afterUserId,
      limit,
    }: RecipientsPage) =>
      recipients({
        conversationId,
        seq,
        self: audience.self,
        seesReads: asText(audience.seesReads),
        state,
        afterUserId,
        limit,
      }),
  };
}

/** postgres.js has no serialiser for arrays of booleans with nulls. */
function asText(flag: boolean | null): string | null {
  return flag === null ? null : String(flag);
}
