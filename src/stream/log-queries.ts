import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { millisecondsOf } from "../db/fragments.js";
import {
  perConversation,
  preparePerConversation,
} from "../db/per-conversation.js";
import { rowOf } from "../db/prepare.js";
import {
  addressed,
  counted,
} from "../domain/conversations/policy-fragments.js";
import { partsOf, type Snapshot } from "./snapshot.js";
import type { LogRow } from "./visible-change.js";

/** The messages of a conversation that were not sent under FULL, as multiranges: `Policies` as it is read. */
export interface PolicyTexts {
  readonly underCounts: string;
  readonly underOff: string;
  readonly counted: string;
}

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
  /** Null where all messages were sent under FULL. */
  readonly policies: PolicyTexts | null;
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
  readonly policies: PolicyTexts | null;
  readonly rows: readonly LogRow[];
  readonly changedUsers: readonly string[];
}

/** The runs that a READ row `l` of participant `p` tells of: its run, less the runs of earlier rows within it. */
const readAnew = (
  conversationKey: SQL,
) => sql`(p.member * int8multirange(int8range(l.first_seq, l.last_seq, '[]')) - (
  select coalesce(range_agg(int8range(earlier.first_seq, earlier.last_seq, '[]')), '{}')
  from receipt_log earlier
  where earlier.conversation_key = ${conversationKey}
    and earlier.participant_number = l.participant_number and earlier.kind = 'READ'
    and earlier.first_seq > l.first_seq and earlier.first_seq < l.last_seq
    and earlier.version < l.version))`;

/** Whether a row `l` tells that somebody came or left, became an observer or a recipient. */
const isMove = sql`l.kind in ('JOINED', 'LEFT')`;
/** Whether such a row is about any message: those of observers are not. */
const concernsAny = sql`l.last_seq >= l.first_seq`;

/**
 * The runs that a row `l` of participant `p` tells of. A participant may have come and left several times
 * in one tail. The messages that such a row concerns are among those that the next such row concerns, so
 * the last row tells of all their stays, and each row before it of an empty run.
 */
const runsTold = (conversationKey: SQL) => sql`(
      select l.first_seq, l.last_seq where not l.has_gaps
      union all
      select lower(r), upper(r) - 1 from unnest(${readAnew(conversationKey)}) r where l.has_gaps and not ${isMove}
      union all
      select lower(r), upper(r) - 1
      from unnest(${addressed(sql`p`)} * int8multirange(int8range(l.first_seq, l.last_seq, '[]'))) r
      where l.has_gaps and ${isMove} and l.version = l.last_move
      union all
      select l.first_seq, l.first_seq - 1 where l.has_gaps and ${isMove} and l.version < l.last_move
    )`;

/**
 * For each conversation its version now, and what about `limit` log rows after the given version tell:
 * the rows of one version are never parted. The version is null for an unknown conversation. Each row also
 * names the users who switched a preference after a snapshot.
 */
const tails = perConversation({
  name: "log_tails",
  parameters: {
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
    policies: "json?",
    rows: "json",
    changedUsers: "json",
  }),
  text: ({ items, key }, { versions, limit, xmin, xmax, xip }) => sql`
    select c.version, c.last_seq as "lastSeq", c.changed_xid as xid,
      ${millisecondsOf(sql`c.changed_at`)} as "changedMs", pg_current_snapshot()::text as snapshot,
      case when c.under_counts <> '{}' or c.under_off <> '{}' then json_build_object(
        'underCounts', c.under_counts::text, 'underOff', c.under_off::text,
        'counted', ${counted(sql`c`, key)}::text) end as policies,
      coalesce(tail.rows, '[]') as rows,
      (select coalesce(json_agg(users.id), '[]') from users
       where users.preferences_xid >= ${xmin}
         and (users.preferences_xid >= ${xmax} or users.preferences_xid = any(${xip}))) as "changedUsers"
    from ${items(sql`asked`, { version: versions })}
    left join conversations c
      on c.key = ${key(sql`asked.conversation_key`)} and c.id = asked.conversation_id
    left join lateral (
      select json_agg(json_build_object('version', l.version, 'userId', p.user_id, 'kind', l.kind,
        'firstSeq', run.first_seq, 'lastSeq', run.last_seq, 'at', l.at, 'isHidden', l.is_hidden,
        'isDelivery', l.is_delivery) order by l.version) as rows
      from (
        select l.*, max(l.version) filter (where ${isMove} and ${concernsAny}) over (partition by l.participant_number) as last_move
        from (
          select * from receipt_log l
          where l.conversation_key = ${key(sql`c.key`)} and c.key is not null and l.version > asked.version
          order by l.version
          fetch first (${limit}) rows with ties
        ) l
        order by l.version
      ) l
      join participants p
        on p.conversation_key = ${key(sql`l.conversation_key`)} and p.number = l.participant_number
      cross join lateral ${runsTold(key(sql`l.conversation_key`))} run
    ) tail on true
    order by asked.position`,
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
    tails: preparePerConversation(db, tails),
  };
  return {
    /** @param preferencesSince the snapshot after which switched preferences are told of */
    async tails(
      keys: readonly { conversationId: string; version: number }[],
      limit: number,
      preferencesSince: Snapshot,
    ): Promise<TailsReading> {
      const rows = await run.tails(
        keys.map((key) => key.conversationId),
        {
          versions: keys.map((key) => key.version),
          limit,
          ...partsOf(preferencesSince),
        },
      );
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
  };
}
