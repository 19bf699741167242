import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { startEmbeddedPostgres } from "../../packages/embedded-postgres/src/start.js";
import { applyMigrations } from "../../src/db/migrate.js";

/** The Postgres of a run. */
export interface BenchPostgres {
  readonly url: string;
  /** E.g. `PostgreSQL 18.1`. */
  readonly version: string;
  close(): Promise<void>;
}

/** A database of this Postgres. */
export interface BenchDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The Postgres in DATABASE_URL, or an embedded one that counts its statements.
 * @throws where an acknowledged write would not be durable: the figures would then mean nothing
 */
export async function openBenchPostgres(): Promise<BenchPostgres> {
  const given = process.env["DATABASE_URL"];
  const server = given
    ? { url: given, close: () => Promise.resolve() }
    : await startCounting();
  try {
    const client = openClient(server.url);
    const [settings] = await client<
      { version: string; fsync: string; commit: string }[]
    >`
      select current_setting('server_version') as version, current_setting('fsync') as fsync,
        current_setting('synchronous_commit') as commit`;
    await client.end();
    if (settings?.fsync !== "on" || settings.commit !== "on")
      throw new Error("fsync and synchronous_commit must be on.");
    return { ...server, version: `PostgreSQL ${settings.version}` };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** An embedded Postgres that loads pg_stat_statements, which takes a second start. */
async function startCounting(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "acked-bench-"));
  const start = () => startEmbeddedPostgres({ dataDir, log: () => undefined });
  const first = await start();
  const client = openClient(first.url);
  await client`alter system set shared_preload_libraries = 'pg_stat_statements'`;
  await client.end();
  await first.stop();
  const embedded = await start();
  return {
    url: embedded.url,
    close: async () => {
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Makes a database on the run's Postgres: with Acked's tables, or empty for a peer to fill. */
export async function createDatabase(
  postgresUrl: string,
  name: string,
  content: "migrated" | "empty",
): Promise<BenchDatabase> {
  const unique = `bench_${name}_${randomUUID().slice(0, 8)}`;
  const admin = openClient(postgresUrl);
  await admin`create database ${admin(unique)}`;
  const url = new URL(postgresUrl);
  url.pathname = `/${unique}`;
  if (content === "migrated") await applyMigrations(url.href);
  return {
    url: url.href,
    close: async () => {
      await admin`drop database ${admin(unique)} with (force)`;
      await admin.end();
    },
  };
}

/** A connection of the benchmark itself, to seed and to check. */
export function openClient(url: string): Sql {
  return postgres(url, { max: 1, onnotice: () => undefined });
}
