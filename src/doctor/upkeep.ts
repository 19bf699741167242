import { readTimeline, type Session } from "./database-queries.js";
import { failure, ok, skipped, warning, type Verdict } from "./finding.js";
import {
  readActivity,
  readReplication,
  readSize,
  readUnfinished,
  readVacuum,
} from "./upkeep-queries.js";

/** A transaction that is open for so long holds up what depends on the order of changes, and the vacuum. */
const longSeconds = 60;
/** Postgres takes no writes any more at some 2.1 billion. */
const oldAge = 1_000_000_000;
const dangerousAge = 1_800_000_000;

/** Whether a copy of the database takes over where it is lost. */
export async function checkReplication(sql: Session): Promise<Verdict[]> {
  const { isStandby, synchronousCommit, awaited, standbys, idleSlots } =
    await readReplication(sql);
  if (isStandby)
    return [
      failure(
        "This server is a standby, and takes no writes.",
        "Name the primary in DATABASE_URL, or all of them with target_session_attrs=read-write.",
      ),
    ];
  const verdicts: Verdict[] = [];
  const isSeen = standbys.every(({ sync }) => sync !== null);
  const confirming = standbys.filter(({ sync }) =>
    ["sync", "quorum"].includes(sync ?? ""),
  );
  if (awaited !== "" && isSeen && confirming.length === 0)
    verdicts.push(
      failure(
        `Commits wait for a standby (synchronous_standby_names = '${awaited}'), and none confirms: every write waits.`,
        "Start the standby, or take it out of synchronous_standby_names, knowing that a failover may then lose what was acknowledged.",
      ),
    );
  if (idleSlots.length > 0)
    verdicts.push(
      warning(
        `Nobody reads from the replication slots ${idleSlots.join(", ")}: Postgres keeps its log for them until the disk is full.`,
        "Start who reads them, or drop them: select pg_drop_replication_slot(…).",
      ),
    );
  if (verdicts.length > 0) return verdicts;
  const copies =
    standbys.length === 0
      ? "no standby streams from it"
      : awaited === ""
        ? `${String(standbys.length)} standbys stream, and no commit waits for them: a failover may lose the last ones`
        : `commits wait for ${isSeen ? String(confirming.length) : "some"} of ${String(standbys.length)} standbys`;
  return [
    ok(`A primary; ${copies} (synchronous_commit = ${synchronousCommit}).`),
  ];
}

/** Whether the database is the one whose history was written down (R54). */
export async function checkTimeline(sql: Session): Promise<Verdict> {
  const timeline = await readTimeline(sql);
  if (!timeline) return skipped("No node has started on this database yet.");
  const { number, database, here } = timeline;
  return database === here
    ? ok(`Timeline ${String(number)} began in this database.`)
    : warning(
        `Timeline ${String(number)} began in another database, of which this is a copy.`,
        "The next start begins a new timeline, and clients read the state anew. After a restore run `acked migrate --new-timeline` before nodes start.",
      );
}

/** What is open in the database for long, and what waits. */
export async function checkActivity(sql: Session): Promise<Verdict[]> {
  const { oldest, prepared, blocked, seesOthers } = await readActivity(sql);
  const verdicts: Verdict[] = [];
  if (oldest && oldest.seconds >= longSeconds)
    verdicts.push(
      warning(
        `Process ${String(oldest.pid)} has a transaction open for ${String(oldest.seconds)} s (${oldest.state}).`,
        `Cursors repeat all that happened since, and no vacuum clears it away. Find whose it is in pg_stat_activity, and end it: select pg_terminate_backend(${String(oldest.pid)}).`,
      ),
    );
  if (prepared)
    verdicts.push(
      warning(
        `The prepared transaction ${prepared.name} has been open for ${String(prepared.seconds)} s.`,
        "Acked prepares none. Commit it or roll it back.",
      ),
    );
  for (const { pid, seconds, by } of blocked)
    verdicts.push(
      warning(
        `Process ${String(pid)} has waited for a lock of ${by || "nobody"} for ${String(seconds)} s.`,
        "Find the holder in pg_stat_activity. Marks and messages of a conversation that is locked wait, and are UNAVAILABLE after 15 s.",
      ),
    );
  if (verdicts.length > 0) return verdicts;
  return [
    ok(
      `No transaction is open for long, and none waits${seesOthers ? "" : ", as far as this role sees (grant pg_read_all_stats for more)"}.`,
    ),
  ];
}

/** Whether old rows are cleared away. */
export async function checkVacuum(sql: Session): Promise<Verdict[]> {
  const { isOn, offFor, age, full } = await readVacuum(sql);
  const verdicts: Verdict[] = [];
  if (!isOn)
    verdicts.push(
      failure(
        "autovacuum or track_counts is off: tables grow without end, and at last Postgres takes no writes.",
        "alter system set autovacuum = on; alter system set track_counts = on; select pg_reload_conf().",
      ),
    );
  if (offFor.length > 0)
    verdicts.push(
      warning(
        `Autovacuum is off for ${offFor.join(", ")}.`,
        "alter table … reset (autovacuum_enabled).",
      ),
    );
  if (age > oldAge)
    verdicts.push(
      (age > dangerousAge ? failure : warning)(
        `The oldest rows are ${String(age)} transactions old, and Postgres takes no writes at 2.1 billion.`,
        "End old transactions, drop idle replication slots, and run vacuum (freeze).",
      ),
    );
  for (const { name, dead, live } of full)
    verdicts.push(
      warning(
        `${name} has ${String(dead)} dead rows and ${String(live)} live ones.`,
        "Look for an old transaction or slot that keeps them, then vacuum the table.",
      ),
    );
  return verdicts.length > 0 ? verdicts : [ok("Old rows are cleared away.")];
}

/** Whether erasures (R41) and compactions that were begun go on. */
export async function checkUnfinished(sql: Session): Promise<Verdict[]> {
  const unfinished = await readUnfinished(sql);
  if (!unfinished) return [skipped("The tables for it are not there yet.")];
  const { erasures, isCompactionLeft } = unfinished;
  const verdicts: Verdict[] = [];
  if (erasures > 0)
    verdicts.push(
      warning(
        `${String(erasures)} erasures began more than an hour ago and have not ended: something of these users is still stored.`,
        "Call eraseUser again for each user for whom it did not answer. It goes on where it ended.",
      ),
    );
  if (isCompactionLeft)
    verdicts.push(
      warning(
        "A compaction of the receipt log was left on its way more than a day ago.",
        "Run `acked compact`, or give a node RETENTION_DAYS. Either goes on where it ended.",
      ),
    );
  return verdicts.length > 0
    ? verdicts
    : [ok("No erasure and no compaction was left on its way.")];
}

/** How much is stored. */
export async function checkSize(sql: Session): Promise<Verdict> {
  const { database, tables } = await readSize(sql);
  const largest = tables
    .map(({ name, bytes }) => `${name} ${megabytes(bytes)}`)
    .join(", ");
  return ok(
    `The database has ${megabytes(database)}${largest === "" ? "" : `: ${largest}`}.`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
