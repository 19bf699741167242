import { checkDatabase, UnfitDatabaseError } from "../db/check.js";
import { databaseUrl } from "../db/connect.js";
import type { Pooler } from "../db/database-url.js";
import { pgErrorCode } from "../db/failure.js";
import {
  openSession,
  readBackend,
  readTurns,
  type Session,
} from "./database-queries.js";
import { failure, ok, warning, type Verdict } from "./finding.js";

/** What came of the attempts to reach a database. */
export interface Reached {
  /** A session with the server that takes writes, or else with one that answers; null where none does. */
  readonly sql: Session | null;
  /** Another session with the same server. */
  readonly openAnother: () => Session;
  readonly verdicts: readonly Verdict[];
}

/** Connects to each server of a DATABASE_URL. */
export async function reach(url: string): Promise<Reached> {
  const parsed = databaseUrl(url);
  const endpoints = parsed.endpoints.length > 0 ? parsed.endpoints : [null];
  const verdicts: Verdict[] = [];
  let found: { sql: Session; open: () => Session; isReadOnly: boolean } | null =
    null;
  for (const endpoint of endpoints) {
    const open = () => openSession(parsed.url, endpoint);
    const sql = open();
    const where = endpoint ?? {
      host: sql.options.host[0] ?? "",
      port: sql.options.port[0] ?? 0,
    };
    const name = `${where.host}:${String(where.port)}`;
    try {
      const { isReadOnly } = await readBackend(sql);
      verdicts.push(
        ok(`${name} answers${isReadOnly ? ", and takes no writes" : ""}.`),
      );
      if (!found || (found.isReadOnly && !isReadOnly)) {
        await found?.sql.end({ timeout: 0 });
        found = { sql, open, isReadOnly };
      } else await sql.end({ timeout: 0 });
    } catch (error) {
      await sql.end({ timeout: 0 });
      verdicts.push(whyNot(error, name));
    }
  }
  // One server of several may be away.
  return {
    sql: found?.sql ?? null,
    openAnother: () => found?.open() ?? openSession(parsed.url, null),
    verdicts: verdicts.map((verdict) =>
      found && verdict.outcome === "failure"
        ? { ...verdict, outcome: "warning" }
        : verdict,
    ),
  };
}

const reasons: readonly (readonly [RegExp, string, string])[] = [
  [
    /^28P01$/,
    "refuses the password",
    "Put the role's password into DATABASE_URL, percent-encoded, or set it: alter role … password ….",
  ],
  [
    /^28000$/,
    "lets this role in from here not at all, or not without TLS",
    "Look at pg_hba.conf, at the role's name, and whether DATABASE_URL needs ?sslmode=require.",
  ],
  [
    /^3D000$/,
    "has no such database",
    "Make it (create database … encoding 'UTF8' template template0), or name another in DATABASE_URL.",
  ],
  [
    /^42501$/,
    "lets this role not into the database",
    "grant connect on database … to ….",
  ],
  [
    /^53300$/,
    "lets in no more connections",
    "Raise max_connections or the role's limit, lower DATABASE_POOL, or put a pooler before it.",
  ],
  [
    /^57P/,
    "is starting, stopping or recovering",
    "Wait, and look at the log of Postgres.",
  ],
  [
    /^ECONNREFUSED$/,
    "refuses the connection: nothing listens there",
    "Start Postgres, and look at its listen_addresses and port, or correct DATABASE_URL.",
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    "is no name that can be resolved",
    "Correct the host in DATABASE_URL, or look at the DNS.",
  ],
  [
    /^(CONNECT_TIMEOUT|ETIMEDOUT|EHOST|ENET|CONNECTION_)/,
    "does not answer",
    "Look whether it runs, and whether a firewall, a network policy or a route stands between.",
  ],
];

function whyNot(error: unknown, name: string): Verdict {
  const code = pgErrorCode(error) ?? "";
  const [, found, advice] =
    reasons.find(([pattern]) => pattern.test(code)) ?? [];
  if (found !== undefined && advice !== undefined)
    return failure(`${name} ${found} (${code}).`, advice);
  const message = error instanceof Error ? error.message : String(error);
  return failure(
    `${name} can't be used: ${message || code}.`,
    "Look at DATABASE_URL, and at the log of Postgres.",
  );
}

/** What the start of a node would refuse or warn of. */
export async function checkFitness(
  url: string,
  pooler: Pooler,
): Promise<Verdict[]> {
  const { signal } = new AbortController();
  try {
    const { warnings, sessions } = await checkDatabase(url, pooler, signal);
    if (warnings.length > 0)
      return warnings.map((line) =>
        warning(sentence(line), "Do so, or know why not."),
      );
    return [
      ok(
        sessions === "own"
          ? "Version, encoding and rows are right. Each connection sets for itself what Acked relies on: isolation, time limits, durability, plans."
          : "Version, encoding and rows are right, and so are the settings that the role brings.",
      ),
    ];
  } catch (error) {
    if (!(error instanceof UnfitDatabaseError)) throw error;
    return error.problems.map((line) =>
      failure(sentence(line), "Do as it says: no node starts until then."),
    );
  }
}

function sentence(line: string): string {
  const text = `${line.charAt(0).toUpperCase()}${line.slice(1)}`;
  return text.endsWith(".") ? text : `${text}.`;
}

/** Finds out whether a pooler stands before the database, and how it lends sessions. */
export async function checkPooler(
  { sql, openAnother }: { sql: Session; openAnother: () => Session },
  said: Pooler,
): Promise<Verdict> {
  const { pid, toldPid } = await readBackend(sql);
  if (pid === toldPid)
    return said === "transaction"
      ? warning(
          "DATABASE_POOLER is transaction, and nothing pools: Acked sets nothing for its sessions and prepares no statements.",
          "Leave DATABASE_POOLER out.",
        )
      : ok("Acked reaches Postgres itself.");
  const second = openAnother();
  try {
    const [before, meanwhile, after] = await readTurns(sql, second);
    return before === meanwhile || before !== after
      ? inTransactionMode(said)
      : inSessionMode(said);
  } catch (error) {
    // PgBouncer in statement mode answers `begin`, and then ends the session.
    if (pgErrorCode(error) !== "CONNECTION_CLOSED") throw error;
    return failure(
      "A pooler stands before Postgres and ends a session at its first transaction, as in statement mode.",
      "Set pool_mode = transaction, or session.",
    );
  } finally {
    await second.end({ timeout: 1 });
  }
}

function inTransactionMode(said: Pooler): Verdict {
  const found =
    "A pooler stands before Postgres, and lends a session for each transaction";
  return said === "session"
    ? failure(
        `${found}, but DATABASE_POOLER is session: settings and prepared statements get lost.`,
        "Set DATABASE_POOLER=auto, or pool_mode = session.",
      )
    : ok(`${found}. Settings have to be the role's.`);
}

function inSessionMode(said: Pooler): Verdict {
  const found =
    "A pooler stands before Postgres, and gives each connection a session";
  return said === "session"
    ? ok(`${found}.`)
    : warning(
        `${found}, which DATABASE_POOLER does not say: statements are not prepared, and settings have to be the role's.`,
        "Set DATABASE_POOLER=session, with a pool_size for all connections of all nodes.",
      );
}
