import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";
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

/** What a READ row `l` of participant `p` tells of: its run but for what earlier rows in it tell of. */
const readAnew = sql`(p.member * int8multirange(int8range(l.first_seq, l.last_seq, '[]')) - (
  select coalesce(range_agg(int8range(earlier.first_seq, earlier.last_seq, '[]')), '{}')
  from receipt_log earlier
  where earlier.participant_key = l.participant_key and earlier.kind = 'READ'
    and earlier.first_seq > l.first_seq and earlier.first_seq < l.last_seq
    and earlier.version < l.version))`;

/** Whether a row `l` tells that somebody came or left. */
const isMove = sql`l.kind in ('JOINED', 'LEFT')`;

/**
 * The runs that a row `l` of participant `p` tells of. Of the rows of one participant that came and
 * left again and again each concerns a part of what the next concerns: the last of a tail tells of all
 * their stays, and those before it of an empty run.
 */
const runsTold = sql`(
      select l.first_seq, l.last_seq where not l.has_gaps
      union all
      select lower(r), upper(r) - 1 from unnest(${readAnew}) r where l.has_gaps and not ${isMove}
      union all
      select lower(r), upper(r) - 1
      from unnest(p.member * int8multirange(int8range(l.first_seq, l.last_seq, '[]'))) r
      where l.has_gaps and ${isMove} and l.version = l.last_move
      union all
      select l.first_seq, l.first_seq - 1 where l.has_gaps and ${isMove} and l.version < l.last_move
    )`;

/**
 * For each conversation its version now, and what about `limit` log rows after the given version
 * tell: the rows of one version are never parted. The version is null where there is no such
 * conversation.
 */
function tailsStatement(db: Db) {
  return prepare<
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
      select l.*, max(l.version) filter (where ${isMove}) over (partition by l.participant_key) as last_move
      from (
        select * from receipt_log l
        where l.conversation_key = c.key and l.version > i.version
        order by l.version
        fetch first (${sql.placeholder("limit")}::int8) rows with ties
      ) l
      order by l.version
    ) l
    join participants p on p.key = l.participant_key
    cross join lateral ${runsTold} run
  ) tail on true
  order by i.position`,
  );
}

/** The newest of the messages that a change concerns, newest first. */
function newestStatement(db: Db) {
  return prepare<
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
}

/** How many messages a sender has in each of these runs, in the order asked. */
function ownCountsStatement(db: Db) {
  return prepare<
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
}

/** For each run, the first and last message in it by one sender; null where there is none. */
function ownBoundsStatement(db: Db) {
  return prepare<
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
}

export type LogQueries = ReturnType<typeof logQueries>;

/** The statements that read the receipt log. */
export function logQueries(db: Db) {
  const tails = tailsStatement(db);
  const newest = newestStatement(db);
  const ownCounts = ownCountsStatement(db);
  const ownBounds = ownBoundsStatement(db);
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
  };
}

function bounds(runs: readonly Run[]): { froms: number[]; tos: number[] } {
  return { froms: runs.map((r) => r.from), tos: runs.map((r) => r.to) };
}
