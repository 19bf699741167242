import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";
import type { ClockReading } from "./commit-horizon.js";

/** Where a conversation stood at a time. */
export interface PositionAtTime {
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

/** Where one conversation stood at a time. */
function positionAtTimeStatement(db: Db) {
  return prepare<{ conversationId: string; atMs: number }, PositionAtTime>(
    db,
    "place_at_time",
    sql`
  select c.id as "conversationId", (extract(epoch from c.changed_at) * 1000)::int8 as "changedAtMs",
    ${versionAt} as version, ${lastSeqAt} as "lastSeq"
  from conversations c,
    (select to_timestamp(${sql.placeholder("atMs")}::float8 / 1000) as at) t
  where c.id = ${sql.placeholder("conversationId")}`,
  );
}

/**
 * The viewer's conversations that changed since a time, in the order in which they last did, after
 * a given one: with where each stood at that time.
 */
function changedSinceStatement(db: Db) {
  return prepare<
    {
      userId: string;
      atMs: number;
      afterMs: number;
      afterId: string;
      limit: number;
    },
    PositionAtTime
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
}

/** The user's conversation that changed last. */
function lastChangedStatement(db: Db) {
  return prepare<{ userId: string }, { conversationId: string }>(
    db,
    "last_changed",
    sql`
  select c.id as "conversationId" from participants p
  join conversations c on c.id = p.conversation_id
  where p.user_id = ${sql.placeholder("userId")} and p.left_at is null
  order by c.changed_at desc, c.id desc limit 1`,
  );
}

/** Where conversations stand, for those who serve them to compare with. */
function versionsStatement(db: Db) {
  return prepare<
    { ids: string[] },
    { conversationId: string; version: number; lastSeq: number }
  >(
    db,
    "versions",
    sql`
  select id as "conversationId", version, last_seq as "lastSeq" from conversations
  where id = any(${sql.placeholder("ids")}::text[])`,
  );
}

/**
 * The clock, read in this order: when this statement began, the oldest open transaction, the clock
 * again. A transaction that is not seen in between bears a time after the statement's beginning,
 * or had committed before its end. Those of other roles are not told of; nothing but this service writes.
 */
function clockStatement(db: Db) {
  return prepare<Record<string, never>, ClockReading>(
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
}

export type PositionQueries = ReturnType<typeof positionQueries>;

/** The statements that tell where conversations stand and stood. */
export function positionQueries(db: Db) {
  const positionAtTime = positionAtTimeStatement(db);
  const changedSince = changedSinceStatement(db);
  const lastChanged = lastChangedStatement(db);
  const versions = versionsStatement(db);
  const clock = clockStatement(db);
  return {
    positionAtTime,
    changedSince,
    lastChanged,
    versions,
    async clock(): Promise<ClockReading> {
      const [reading] = await clock({});
      if (!reading) throw new Error("the clock gave no row");
      return reading;
    },
  };
}
