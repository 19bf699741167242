import { getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { Sql } from "postgres";
import { withDeadline } from "../foundation/deadline.js";
import { connectionOptions, databaseUrl } from "./connect.js";
import { openDriver } from "./connection.js";
import type { Pooler } from "./database-url.js";
import { isFull, NoConnectionError } from "./failure.js";
import * as keys from "./key-tables.js";
import * as lifecycle from "./lifecycle-tables.js";
import * as log from "./log-table.js";
import * as schema from "./schema.js";
import { differingSettings, type SessionKind } from "./session.js";
import * as timeline from "./timeline-table.js";
import * as unread from "./unread-tables.js";
import * as upkeep from "./upkeep-tables.js";

/** A database that Acked can't do right by; each problem is a sentence, with what helps. */
export class UnfitDatabaseError extends Error {
  override readonly name = "UnfitDatabaseError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `DATABASE_URL leads to a database that can't be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

/** What the start has found out. */
export interface CheckedDatabase {
  readonly sessions: SessionKind;
  /** What works, but not as well as it could. */
  readonly warnings: readonly string[];
}

interface Facts {
  readonly version: string;
  readonly versionNumber: number;
  readonly encoding: string;
  readonly pid: number;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly isReplica: boolean;
  readonly isFsynced: boolean;
  readonly role: string;
  readonly database: string;
  /** Where `search_path` leads first; null where that is nowhere. */
  readonly searched: string | null;
  readonly hasPublic: boolean;
  /** Tables that row level security hides rows of from this role. */
  readonly hidden: readonly string[] | null;
}

const oldestVersion = 150_000;

const factsStatement = `
  select
    current_setting('server_version') as version,
    current_setting('server_version_num')::int as "versionNumber",
    current_setting('server_encoding') as encoding,
    pg_backend_pid() as pid,
    pg_is_in_recovery() as "isStandby",
    current_setting('transaction_read_only') = 'on' as "isReadOnly",
    current_setting('session_replication_role') = 'replica' as "isReplica",
    current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as "isFsynced",
    current_user as role,
    current_database() as database,
    current_schema() as searched,
    to_regnamespace('public') is not null as "hasPublic",
    (
      select json_agg(pg_class.oid::regclass::text) from pg_class
      where relkind in ('r', 'p') and relrowsecurity and row_security_active(oid)
        and relnamespace = to_regnamespace('public') and relname in (${tableNames()})
    ) as hidden`;

/**
 * Looks at a database before anything is done with it: what Acked can't set for itself has to be right.
 * Waits for a connection where the database lets in no more at the moment.
 * @throws {UnfitDatabaseError} naming all that is wrong
 */
export async function checkDatabase(
  url: string,
  pooler: Pooler,
  signal: AbortSignal,
): Promise<CheckedDatabase> {
  const parsed = databaseUrl(url);
  const options = connectionOptions(parsed, "lent");
  const limitMs = options.connectSeconds * 1_000 + 1_000;
  const servers = parsed.endpoints.length > 0 ? parsed.endpoints : [null];
  const failures: unknown[] = [];
  const giveUpAt = performance.now() + fullLimitMs;
  for (let i = 0; i < servers.length; i++) {
    signal.throwIfAborted();
    const client = openDriver(options, servers[i] ?? null, () => undefined);
    try {
      return await withDeadline(check(client, pooler), limitMs, () => {
        throw new NoConnectionError("The database has not answered in time.");
      });
    } catch (error) {
      failures.push(error);
      if (isFull(error) && performance.now() < giveUpAt) {
        await new Promise((resolve) => setTimeout(resolve, fullPauseMs));
        i--;
      }
    } finally {
      await client.end({ timeout: 0 }).catch(() => undefined);
    }
  }
  throw (
    failures.find((error) => error instanceof UnfitDatabaseError) ?? failures[0]
  );
}

/** How long the start waits for others to end their connections. */
const fullLimitMs = 10_000;
const fullPauseMs = 250;

async function check(client: Sql, pooler: Pooler): Promise<CheckedDatabase> {
  const answer = await client.unsafe<Facts[]>(factsStatement);
  const [facts] = answer;
  if (!facts) throw new NoConnectionError("The database has not answered.");
  const problems = problemsOf(facts);
  const warnings = facts.isFsynced
    ? []
    : [
        "fsync or full_page_writes is off: after a crash of the machine acknowledged marks and messages may be gone, or the database",
      ];
  // A pooler makes up the process ids that it tells its clients.
  const isPooled =
    pooler === "auto"
      ? facts.pid !== answer.state.pid
      : pooler === "transaction";
  if (!isPooled) {
    if (problems.length > 0) throw new UnfitDatabaseError(problems);
    return { sessions: "own", warnings };
  }
  const settings =
    await client.unsafe<{ name: string; value: string; isNeeded: boolean }[]>(
      differingSettings,
    );
  for (const { name, value, isNeeded } of settings) {
    const line = `${name} is not ${value}: ${alterRole(facts, name, value)}`;
    if (isNeeded)
      problems.push(
        `${line}, then reconnect the pooler's servers, since a pooler in transaction mode keeps no settings of ours`,
      );
    else warnings.push(`behind a pooler ${line}`);
  }
  if (facts.searched !== "public")
    problems.push(
      `search_path leads elsewhere than to public, where the tables are: ${alterRole(facts, "search_path", "public")}`,
    );
  if (problems.length > 0) throw new UnfitDatabaseError(problems);
  return { sessions: "lent", warnings };
}

function problemsOf(facts: Facts): string[] {
  const problems: string[] = [];
  if (facts.versionNumber < oldestVersion)
    problems.push(
      `It is Postgres ${facts.version}, and Acked needs Postgres 15 or newer.`,
    );
  if (facts.encoding !== "UTF8")
    problems.push(
      `Its encoding is ${facts.encoding}, which can't hold all text: make a database with encoding 'UTF8' (create database … encoding 'UTF8' template template0).`,
    );
  if (facts.isStandby)
    problems.push(
      "The server is a standby and read only: name the primary, or all of them (postgres://a,b/name?target_session_attrs=read-write).",
    );
  else if (facts.isReadOnly)
    problems.push(
      `It is read only (default_transaction_read_only is on): ${alterRole(facts, "default_transaction_read_only", "off")}, once whoever said so agrees.`,
    );
  if (facts.isReplica)
    problems.push(
      `session_replication_role is replica, so constraints don't hold: ${alterRole(facts, "session_replication_role", "origin")}.`,
    );
  if (facts.hidden !== null)
    problems.push(
      `Row level security hides rows from the role ${facts.role} in ${facts.hidden.join(", ")}: let it own the tables, or alter role "${facts.role}" bypassrls.`,
    );
  if (!facts.hasPublic)
    problems.push(
      "It has no schema named public, where the tables are made: create schema public.",
    );
  return problems;
}

/** The names of our tables, as a list of literals. */
export function tableNames(): string {
  return [schema, log, keys, timeline, unread, lifecycle, upkeep]
    .flatMap((file) => Object.values<unknown>(file))
    .filter((each) => is(each, PgTable))
    .map((table) => `'${getTableName(table)}'`)
    .join(", ");
}

function alterRole(
  { role, database }: Facts,
  name: string,
  value: string,
): string {
  return `alter role "${role}" in database "${database}" set ${name} = '${value}'`;
}
