import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { millisecondsOf } from "../db/fragments.js";
import { prepare, rowOf, statement } from "../db/prepare.js";
import {
  messageColumns,
  messageRow,
  ownMessagesIn,
} from "../domain/messages/fragments.js";
import type { Run } from "../foundation/seq-set.js";
import { partsOf, type Snapshot } from "./snapshot.js";
import type { AffectedRun, LogRow } from "./visible-change.js";

/** A conversation's log after a version. */
export interface LogTail {
  readonly version: number;
  readonly lastSeq: number;
  /** The transaction that made the version. */
  readonly xid: number;
  /** When the version was made, in milliseconds since the epoch. */
  readonly changedMs: number;
  /** What the reading saw. */
  readonly snapshot: Snapshot;
  readonly rows: readonly LogRow[];
}

/** The answer for an unknown conversation. */
export interface UnknownTail {
  readonly version: null;
}

/** A row of the statement: all but the rows of the log is null for an unknown conversation. */
interface TailRow {
  readonly version: number | null;
  readonly lastSeq: number | null;
  readonly xid: number | null;
  readonly changedMs: number | null;
  readonly snapshot: Snapshot;
  readonly rows: readonly LogRow[];
  readonly changedUsers: readonly string[];
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
 * For each conversation its version now, and what about `limit` log rows after the given version tell:
 * the rows of one version are never parted. The version is null for an unknown conversation. Each row also
 * names the users who switched a preference after a snapshot.
 */
const tails = statement({
  name: "log_tails",
  parameters: {
    conversationIds: "text[]",
    versions: "int8[]",
    limit: "int8",
    xmin: "int8",
    xmax: "int8",
    xip: "int8[]",
  },
  row: rowOf<TailRow>({
    version: "int8?",
    lastSeq: "int4?",
    xid: "int8?",
    changedMs: "int8?",
    snapshot: "text",
    rows: "json",
    changedUsers: "json",
  }),
  text: ({ conversationIds, versions, limit, xmin, xmax, xip }) => sql`
    select c.version, c.last_seq as "lastSeq", c.changed_xid as xid,
      ${millisecondsOf(sql`c.changed_at`)} as "changedMs", pg_current_snapshot()::text as snapshot,
      coalesce(tail.rows, '[]') as rows,
      (select coalesce(json_agg(users.id), '[]') from users
       where users.preferences_xid >= ${xmin}
         and (users.preferences_xid >= ${xmax} or users.preferences_xid = any(${xip}))) as "changedUsers"
    from unnest(${conversationIds}, ${versions}) with ordinality as asked (conversation_id, version, position)
    left join conversations c on c.id = asked.conversation_id
    left join lateral (
      select json_agg(json_build_object('version', l.version, 'userId', p.user_id, 'kind', l.kind,
        'firstSeq', run.first_seq, 'lastSeq', run.last_seq, 'at', l.at, 'isHidden', l.is_hidden,
        'isDelivery', l.is_delivery)) as rows
      from (
        select l.*, max(l.version) filter (where ${isMove}) over (partition by l.participant_key) as last_move
        from (
          select * from receipt_log l
          where l.conversation_key = c.key and l.version > asked.version
          order by l.version
          fetch first (${limit}) rows with ties
        ) l
        order by l.version
      ) l
      join participants p on p.key = l.participant_key
      cross join lateral ${runsTold} run
    ) tail on true
    order by asked.position`,
});

/** The newest of the messages that a change concerns, newest first. */
const newest = statement({
  name: "newest_affected",
  parameters: {
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    exceptSenders: "text?[]",
    sentBy: "text?",
    limit: "int8",
  },
  row: messageRow,
  text: ({ conversationId, froms, tos, exceptSenders, sentBy, limit }) => sql`
    select m.* from unnest(${froms}, ${tos}, ${exceptSenders}) as run (first, last, except_sender)
    cross join lateral (
      select ${messageColumns} from messages m
      where m.conversation_id = ${conversationId} and m.seq between run.first and run.last
        and m.sender_id is distinct from run.except_sender
        and (${sentBy} is null or m.sender_id = ${sentBy})
      order by m.seq desc limit ${limit}
    ) m
    order by m.seq desc limit ${limit}`,
});

/** How many messages a sender has in each of these runs, in the order asked. */
const ownCounts = statement({
  name: "own_counts",
  parameters: {
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    senders: "text[]",
  },
  row: rowOf<{ count: number }>({ count: "int4" }),
  text: ({ conversationId, froms, tos, senders }) => sql`
    select ${ownMessagesIn(
      sql`p.key`,
      sql`int8range(run.first, run.last, '[]')`,
    )}::int as count
    from unnest(${froms}, ${tos}, ${senders}) with ordinality as run (first, last, sender, position)
    left join participants p on p.conversation_id = ${conversationId} and p.user_id = run.sender
    order by run.position`,
});

/** For each run, the first and last message in it by one sender; null where there is none. */
const ownBounds = statement({
  name: "own_bounds",
  parameters: {
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    sender: "text",
  },
  row: rowOf<{ from: number | null; to: number | null }>({
    from: "int4?",
    to: "int4?",
  }),
  text: ({ conversationId, froms, tos, sender }) => sql`
    select
      (select m.seq from messages m where m.sender_key = p.key
         and m.seq between run.first and run.last order by m.seq limit 1) as "from",
      (select m.seq from messages m where m.sender_key = p.key
         and m.seq between run.first and run.last order by m.seq desc limit 1) as "to"
    from unnest(${froms}, ${tos}) with ordinality as run (first, last, position)
    left join participants p on p.conversation_id = ${conversationId} and p.user_id = ${sender}
    order by run.position`,
});

/** What a reading of log tails tells. */
export interface TailsReading {
  /** One for each conversation asked for, in order. */
  readonly tails: readonly (LogTail | UnknownTail)[];
  /** What the reading saw. */
  readonly snapshot: Snapshot;
  /** The users who switched a preference after the snapshot that was asked for. */
  readonly changedUsers: readonly string[];
}

export type LogQueries = ReturnType<typeof logQueries>;

/** The statements that read the receipt log. */
export function logQueries(db: Db) {
  const run = {
    tails: prepare(db, tails),
    newest: prepare(db, newest),
    ownCounts: prepare(db, ownCounts),
    ownBounds: prepare(db, ownBounds),
  };
  return {
    /** @param preferencesSince the snapshot after which switched preferences are told of */
    async tails(
      keys: readonly { conversationId: string; version: number }[],
      limit: number,
      preferencesSince: Snapshot,
    ): Promise<TailsReading> {
      const rows = await run.tails({
        conversationIds: keys.map((key) => key.conversationId),
        versions: keys.map((key) => key.version),
        limit,
        ...partsOf(preferencesSince),
      });
      return {
        tails: rows.map(({ version, lastSeq, xid, changedMs, ...row }) =>
          version === null ||
          lastSeq === null ||
          xid === null ||
          changedMs === null
            ? { version: null }
            : { version, lastSeq, xid, changedMs, ...row },
        ),
        snapshot: rows[0]?.snapshot ?? preferencesSince,
        changedUsers: rows[0]?.changedUsers ?? [],
      };
    },
    newest: (
      conversationId: string,
      runs: readonly AffectedRun[],
      sentBy: string | null,
      limit: number,
    ) =>
      run.newest({
        conversationId,
        ...bounds(runs),
        exceptSenders: runs.map(({ exceptSender }) => exceptSender),
        sentBy,
        limit,
      }),
    ownCounts: (
      conversationId: string,
      runs: readonly Run[],
      senders: readonly string[],
    ) => run.ownCounts({ conversationId, ...bounds(runs), senders }),
    ownBounds: (conversationId: string, runs: readonly Run[], sender: string) =>
      run.ownBounds({ conversationId, ...bounds(runs), sender }),
  };
}

function bounds(runs: readonly Run[]): { froms: number[]; tos: number[] } {
  return { froms: runs.map(({ from }) => from), tos: runs.map(({ to }) => to) };
}
