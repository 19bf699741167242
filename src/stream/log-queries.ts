import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";
import type { ClockReading } from "./commit-horizon.js";
import { messageColumns, ownMessagesIn } from "../domain/messages/fragments.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { Run } from "../foundation/seq-set.js";
import type { AffectedRun, LogRow } from "./visible-change.js";

/** A conversation's log after a version. */
export interface LogTail {
  readonly version: number;
  readonly lastSeq: number;
  readonly atMs: number;
  readonly rows: readonly LogRow[];
}

/** The tail of a conversation that there is not. */
export interface UnknownTail {
  readonly version: null;
}

/** Where a conversation stood at a time. */
export interface PlaceAtTime {
  readonly conversationId: string;
  readonly version: number;
  readonly lastSeq: number;
  readonly changedAtMs: number;
}

/** The version of conversation `c` at `t.at`: that of the newest change before it. */
const versionAt = sql`coalesce((select l.version from receipt_log l
  where l.conversation_key = c.key and l.at < t.at order by l.version desc limit 1), 0)`;

/** The newest message of conversation `c` at `t.at`. */
const lastSeqAt = sql`coalesce((select m.seq from messages m
  where m.conversation_id = c.id and m.sent_at < t.at order by m.seq desc limit 1), 0)`;

/** What a READ row `l` of participant `p` tells of: its run but for what earlier rows in it tell of. */
const readAnew = sql`(p.member * int8multirange(int8range(l.first_seq, l.last_seq, '[]')) - (
  select coalesce(range_agg(int8range(earlier.first_seq, earlier.last_seq, '[]')), '{}')
  from receipt_log earlier
  where earlier.participant_key = l.participant_key and earlier.kind = 'READ'
    and earlier.first_seq > l.first_seq and earlier.first_seq < l.last_seq
    and earlier.version < l.version))`;

export type ChangeQueries = ReturnType<typeof changeQueries>;

/** The statements that read the stream of changes. */
export function changeQueries(db: Db) {
  /**
   * For each conversation its version now, and what about `limit` log rows after the given version
   * tell: the rows of one version are never parted. The version is null where there is no such
   * conversation.
   */
  const tails = prepare<
    { conversationIds: string[]; versions: number[]; limit: number },
    LogTail | UnknownTail
  >(
    db,
    "log_tails",
    sql`
    select c.version, c.last_seq as "lastSeq", (extract(epoch from now()) * 1000)::float8 as "atMs",
      coalesce(tail.rows, '[]') as rows
    from unnest(${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("versions")}::int8[])
      with ordinality as i (conversation_id, version, position)
    left join conversations c on c.id = i.conversation_id
    left join lateral (
      select json_agg(json_build_object('version', l.version, 'userId', p.user_id, 'kind', l.kind,
        'firstSeq', run.first_seq, 'lastSeq', run.last_seq, 'at', l.at, 'isHidden', l.is_hidden,
        'isDelivery', l.is_delivery)) as rows
      from (
        select * from receipt_log l
        where l.conversation_key = c.key and l.version > i.version
        order by l.version
        fetch first (${sql.placeholder("limit")}::int8) rows with ties
      ) l
      join participants p on p.key = l.participant_key
      cross join lateral (
        select l.first_seq, l.last_seq where not l.has_gaps
        union all
        select lower(r), upper(r) - 1 from unnest(${readAnew}) r where l.has_gaps
      ) run
    ) tail on true
    order by i.position`,
  );

  /** The newest of the messages that a change concerns, newest first. */
  const newest = prepare<
    {
      conversationId: string;
      froms: number[];
      tos: number[];
      exceptSenders: (string | null)[];
      sentBy: string | null;
      limit: number;
    },
    MessageRow
  >(
    db,
    "newest_affected",
    sql`
    select m.* from unnest(${sql.placeholder("froms")}::int8[], ${sql.placeholder("tos")}::int8[],
      ${sql.placeholder("exceptSenders")}::text[]) as run (first, last, except_sender)
    cross join lateral (
      select ${messageColumns} from messages m
      where m.conversation_id = ${sql.placeholder("conversationId")}
        and m.seq between run.first and run.last
        and m.sender_id is distinct from run.except_sender
        and (${sql.placeholder("sentBy")}::text is null or m.sender_id = ${sql.placeholder("sentBy")}::text)
      order by m.seq desc limit ${sql.placeholder("limit")}::int8
    ) m
    order by m.seq desc limit ${sql.placeholder("limit")}::int8`,
  );

  /** How many messages a sender has in each of these runs, in the order asked. */
  const ownCounts = prepare<
    {
      conversationId: string;
      froms: number[];
      tos: number[];
      senders: string[];
    },
    { count: number }
  >(
    db,
    "own_counts",
    sql`
    select ${ownMessagesIn(
      sql`p.key`,
      sql`int8range(run.first, run.last, '[]')`,
    )}::int as count
    from unnest(${sql.placeholder("froms")}::int8[], ${sql.placeholder("tos")}::int8[],
      ${sql.placeholder("senders")}::text[]) with ordinality as run (first, last, sender, position)
    left join participants p
      on p.conversation_id = ${sql.placeholder("conversationId")} and p.user_id = run.sender
    order by run.position`,
  );

  /** For each run, the first and last message in it by one sender; null where there is none. */
  const ownBounds = prepare<
    { conversationId: string; froms: number[]; tos: number[]; sender: string },
    { from: number | null; to: number | null }
  >(
    db,
    "own_bounds",
    sql`
    select
      (select m.seq from messages m where m.sender_key = p.key
         and m.seq between run.first and run.last order by m.seq limit 1) as "from",
      (select m.seq from messages m where m.sender_key = p.key
         and m.seq between run.first and run.last order by m.seq desc limit 1) as "to"
    from unnest(${sql.placeholder("froms")}::int8[], ${sql.placeholder("tos")}::int8[])
      with ordinality as run (first, last, position)
    left join participants p on p.conversation_id = ${sql.placeholder("conversationId")}
      and p.user_id = ${sql.placeholder("sender")}
    order by run.position`,
  );

  /** Where one conversation stood at a time. */
  const placeAtTime = prepare<
    { conversationId: string; atMs: number },
    PlaceAtTime
  >(
    db,
    "place_at_time",
    sql`
    select c.id as "conversationId", (extract(epoch from c.changed_at) * 1000)::int8 as "changedAtMs",
      ${versionAt} as version, ${lastSeqAt} as "lastSeq"
    from conversations c,
      (select to_timestamp(${sql.placeholder("atMs")}::float8 / 1000) as at) t
    where c.id = ${sql.placeholder("conversationId")}`,
  );

  /**
   * The viewer's conversations that changed since a time, in the order in which they last did, after
   * a given one: with where each stood at that time.
   */
  const changedSince = prepare<
    {
      userId: string;
      atMs: number;
      afterMs: number;
      afterId: string;
      limit: number;
    },
    PlaceAtTime
  >(
    db,
    "changed_since",
    sql`
    select c.id as "conversationId", c.changed_ms as "changedAtMs",
      ${versionAt} as version, ${lastSeqAt} as "lastSeq"
    from (
      select c.id, c.key, (extract(epoch from c.changed_at) * 1000)::int8 as changed_ms, t.at
      from participants p
      join conversations c on c.id = p.conversation_id
      cross join (select to_timestamp(${sql.placeholder("atMs")}::float8 / 1000) as at) t
      where p.user_id = ${sql.placeholder("userId")} and p.left_at is null and c.changed_at >= t.at
        and ((extract(epoch from c.changed_at) * 1000)::int8, c.id)
          > (${sql.placeholder("afterMs")}::int8, ${sql.placeholder("afterId")}::text)
      order by 2, 1
      limit ${sql.placeholder("limit")}::int8
    ) c cross join lateral (select c.at) t
    order by 2, 1`,
  );

  /** Where conversations stand, for those who serve them to compare with. */
  const versions = prepare<
    { ids: string[] },
    { conversationId: string; version: number; lastSeq: number }
  >(
    db,
    "versions",
    sql`
    select id as "conversationId", version, last_seq as "lastSeq" from conversations
    where id = any(${sql.placeholder("ids")}::text[])`,
  );

  /**
   * The clock, read in this order: when this statement began, the oldest open transaction, the clock
   * again. A transaction that is not seen in between bears a time after the statement's beginning,
   * or had committed before its end. Those of other roles are not told of; nothing but this service writes.
   */
  const clock = prepare<Record<string, never>, ClockReading>(
    db,
    "clock",
    sql`
    select floor(extract(epoch from least(now(), oldest.began)) * 1000)::int8 as "settledMs",
      (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
    from (
      select min(a.xact_start) as began from pg_stat_activity a
      where a.datname = current_database() and a.pid <> pg_backend_pid()
      offset 0
    ) oldest`,
  );

  return {
    tails: (
      keys: readonly { conversationId: string; version: number }[],
      limit: number,
    ) =>
      tails({
        conversationIds: keys.map((k) => k.conversationId),
        versions: keys.map((k) => k.version),
        limit,
      }),
    newest: (
      conversationId: string,
      runs: readonly AffectedRun[],
      sentBy: string | null,
      limit: number,
    ) =>
      newest({
        conversationId,
        ...bounds(runs),
        exceptSenders: runs.map((r) => r.exceptSender),
        sentBy,
        limit,
      }),
    ownCounts: (
      conversationId: string,
      runs: readonly Run[],
      senders: readonly string[],
    ) => ownCounts({ conversationId, ...bounds(runs), senders: [...senders] }),
    ownBounds: (conversationId: string, runs: readonly Run[], sender: string) =>
      ownBounds({ conversationId, ...bounds(runs), sender }),
    placeAtTime,
    changedSince,
    versions,
    async clock(): Promise<ClockReading> {
      const [reading] = await clock({});
      if (!reading) throw new Error("the clock gave no row");
      return reading;
    },
  };
}

function bounds(runs: readonly Run[]): { froms: number[]; tos: number[] } {
  return { froms: runs.map((r) => r.from), tos: runs.map((r) => r.to) };
}
