import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import {
  joinedKey,
  perConversation,
  preparePerConversation,
} from "../db/per-conversation.js";
import { prepare, rowOf, statement } from "../db/prepare.js";
import type { Position } from "../domain/conversations/position.js";
import type { Witness } from "./cursor.js";
import { proofs } from "./proof-statement.js";
import type { Snapshot } from "./snapshot.js";
import { showsTo, told } from "./shown-fragments.js";
import { isSeen, lastSeqIn, parsed, versionIn } from "./snapshot-fragments.js";
import { survey, type SurveyedConversation } from "./survey-statement.js";

/** Where a conversation stands. */
export interface ConversationPosition extends Position {
  readonly conversationId: string;
}

/** Where a conversation stood in a snapshot. */
export interface PositionInSnapshot extends ConversationPosition {
  readonly snapshot: Snapshot;
}

/** A conversation that changed after a snapshot. */
export interface ChangedConversation {
  readonly conversationId: string;
  /** The transaction that changed last what the user sees of it. */
  readonly changedXid: number;
  /** Where it stood in the snapshot. */
  readonly position: Position;
}

const snapshotNow = statement({
  name: "snapshot_now",
  parameters: {},
  row: rowOf<{ snapshot: Snapshot }>({ snapshot: "text" }),
  text: () => sql`select pg_current_snapshot()::text as snapshot`,
});

/** Where conversations stood in snapshots; no row for an unknown conversation. */
const positionsAt = perConversation({
  name: "positions_at",
  parameters: { snapshots: "text[]" },
  row: rowOf<PositionInSnapshot>({
    conversationId: "text",
    snapshot: "text",
    version: "int8",
    lastSeq: "int4",
  }),
  text: ({ items, key }, { snapshots }) => sql`
    select c.id as "conversationId", asked.snapshot,
      ${versionIn(sql`c`, sql`s`, key)} as version, ${lastSeqIn(sql`c`, sql`s`, key)} as "lastSeq"
    from ${items(sql`asked`, { snapshot: snapshots })}
    cross join lateral ${parsed(sql`asked.snapshot`)} s
    join conversations c on c.key = ${key(sql`asked.conversation_key`)} and c.id = asked.conversation_id`,
});

interface ChangedRow {
  readonly seen: Snapshot;
  readonly conversationId: string | null;
  readonly changedXid: number | null;
  readonly version: number | null;
  readonly lastSeq: number | null;
}

/**
 * The user's conversations in which anything has shown to them after a snapshot, in the order of the
 * transactions that changed last what they see, after a given one. What they do not see moves nothing (R57).
 * One row at least: without a conversation it tells only what was seen.
 */
const changedOf = statement({
  name: "changed_of",
  parameters: {
    userId: "text",
    snapshot: "text",
    afterXid: "int8",
    afterId: "text",
    limit: "int8",
    /** Whether a message that was sent is a change. */
    withMessages: "bool",
  },
  row: rowOf<ChangedRow>({
    seen: "text",
    conversationId: "text?",
    changedXid: "int8?",
    version: "int8?",
    lastSeq: "int4?",
  }),
  text: ({ userId, snapshot, afterXid, afterId, limit, withMessages }) => sql`
    select now.seen, changed.* from (select pg_current_snapshot()::text as seen) now
    left join lateral (
      select c.id as "conversationId", c.shown_xid as "changedXid",
        ${versionIn(sql`c`, sql`c`, joinedKey)} as version, ${lastSeqIn(sql`c`, sql`c`, joinedKey)} as "lastSeq"
      from (
        select c.id, c.key, shown.xid as shown_xid, s.*
        from ${parsed(snapshot)} s
        join participants p on p.user_id = ${userId} and p.left_at is null
        join conversations c on c.key = p.conversation_key
        cross join lateral ${told} told
        cross join lateral (
          select greatest(
            (select l.xid from receipt_log l
             where l.conversation_key = c.key and ${showsTo(sql`(
               select viewer.read_receipts from users viewer where viewer.id = ${userId})`)}
             order by l.version desc limit 1),
            case when ${withMessages} then
              (select m.xid from messages m where m.conversation_key = c.key order by m.seq desc limit 1) end
          ) as xid
          offset 0
        ) shown
        where not ${isSeen(sql`c.changed_xid`, sql`s`)} and not ${isSeen(sql`shown.xid`, sql`s`)}
          and (shown.xid, c.id) > (${afterXid}, ${afterId})
        order by shown.xid, c.id
        limit ${limit}
      ) c
    ) changed on true
    order by changed."changedXid", changed."conversationId"`,
});

/** The user's most recently active conversation. */
const lastActive = statement({
  name: "last_active",
  parameters: { userId: "text" },
  row: rowOf<{ conversationId: string }>({ conversationId: "text" }),
  text: ({ userId }) => sql`
    select c.id as "conversationId" from participants p
    join conversations c on c.key = p.conversation_key
    where p.user_id = ${userId} and p.left_at is null
    order by c.active_at desc, c.id desc limit 1`,
});

/** Where conversations stand now. */
const versions = perConversation({
  name: "versions",
  parameters: {},
  row: rowOf<ConversationPosition>({
    conversationId: "text",
    version: "int8",
    lastSeq: "int4",
  }),
  text: ({ items, key }) => sql`
    select c.id as "conversationId", c.version, c.last_seq as "lastSeq"
    from ${items(sql`asked`, {})}
    join conversations c on c.key = ${key(sql`asked.conversation_key`)} and c.id = asked.conversation_id`,
});

/** The statements that tell in which order changes happened, and where conversations stood. */
export interface OrderQueries {
  snapshotNow(): Promise<Snapshot>;
  positionsAt(
    keys: readonly { conversationId: string; snapshot: Snapshot }[],
  ): Promise<readonly PositionInSnapshot[]>;
  changedOf(asked: {
    userId: string;
    snapshot: Snapshot;
    afterXid: number;
    afterId: string;
    limit: number;
    withMessages: boolean;
  }): Promise<{
    readonly snapshot: Snapshot;
    readonly conversations: readonly ChangedConversation[];
  }>;
  lastActive(userId: string): Promise<string | null>;
  versions(ids: readonly string[]): Promise<readonly ConversationPosition[]>;
  survey(
    ids: readonly string[],
    snapshot: Snapshot,
  ): Promise<readonly SurveyedConversation[]>;
  proofs(witnesses: readonly Witness[]): Promise<readonly Witness[]>;
}

/** Prepares the statements on one pool. */
export function orderQueries(db: Db): OrderQueries {
  const run = {
    snapshotNow: prepare(db, snapshotNow),
    positionsAt: preparePerConversation(db, positionsAt),
    changedOf: prepare(db, changedOf),
    lastActive: prepare(db, lastActive),
    versions: preparePerConversation(db, versions),
    survey: preparePerConversation(db, survey),
    proofs: preparePerConversation(db, proofs),
  };
  return {
    async snapshotNow() {
      const [row] = await run.snapshotNow({});
      if (!row) throw new Error("the database told no snapshot");
      return row.snapshot;
    },
    positionsAt: (keys) =>
      run.positionsAt(
        keys.map((key) => key.conversationId),
        { snapshots: keys.map((key) => key.snapshot) },
      ),
    async changedOf(asked) {
      const rows = await run.changedOf(asked);
      const [first] = rows;
      if (!first) throw new Error("the database told no snapshot");
      return {
        snapshot: first.seen,
        conversations: rows.flatMap(
          ({ conversationId, changedXid, version, lastSeq }) =>
            conversationId === null ||
            changedXid === null ||
            version === null ||
            lastSeq === null
              ? []
              : [
                  {
                    conversationId,
                    changedXid,
                    position: { version, lastSeq },
                  },
                ],
        ),
      };
    },
    lastActive: async (userId) =>
      (await run.lastActive({ userId }))[0]?.conversationId ?? null,
    versions: (ids) => run.versions(ids, {}),
    async survey(ids, snapshot) {
      const rows = await run.survey(ids, { snapshot });
      return rows.map(({ versionThen, lastSeqThen, ...row }) => ({
        ...row,
        position: { version: versionThen, lastSeq: lastSeqThen },
      }));
    },
    proofs: (witnesses) =>
      run.proofs(
        witnesses.map((one) => one.conversationId),
        {
          versions: witnesses.map((one) => one.version),
          lastSeqs: witnesses.map((one) => one.lastSeq),
          xids: witnesses.map((one) => one.xid),
          times: witnesses.map((one) => one.changedMs),
        },
      ),
  };
}
