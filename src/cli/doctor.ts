import type { Config } from "../config/config.js";
import { poolerOf } from "../database.js";
import { checkDatabase } from "../db/check.js";
import type { ExaminedBus } from "../doctor/bus.js";
import { examine } from "../doctor/doctor.js";
import { asTable } from "../doctor/report.js";
import { runningEmbeddedPostgres } from "../embedded-postgres.js";
import { createLog } from "../log/log.js";
import { createMetrics } from "../metrics.js";
import { openBus } from "../open-bus.js";

/** Prints what is wrong here and what to do, and sets the exit code. */
export async function doctor({ json }: { json?: true }): Promise<void> {
  const report = await examine(process.env, openEnd);
  console.log(json ? JSON.stringify(report) : asTable(report));
  process.exitCode = report.exitCode;
}

/** Opens an end of the bus as a node would. */
async function openEnd(config: Config): Promise<ExaminedBus> {
  const { database, dataDir } = config;
  const databaseUrl =
    database.kind === "url"
      ? database.url
      : await runningEmbeddedPostgres(dataDir);
  if (databaseUrl === null)
    throw new Error("the embedded Postgres does not run");
  const stopping = new AbortController().signal;
  // Only the bus in the database of DATABASE_URL asks who keeps its sessions.
  const { sessions } =
    config.bus.kind === "postgres" && config.bus.url === null
      ? await checkDatabase(databaseUrl, poolerOf(config), stopping)
      : { sessions: "own" as const };
  const log = createLog({ level: "silent" });
  const metrics = createMetrics().bus;
  return openBus({ config, databaseUrl, sessions, metrics, log, stopping });
}
