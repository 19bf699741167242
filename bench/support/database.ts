import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.js";
import { applyMigrations } from "../../src/db/migrate.js";

/** A migrated database of its own: on the Postgres in DATABASE_URL, or on an embedded one. */
export async function openBenchDatabase(): Promise<{
  url: string;
  close: () => Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), "acked-bench-"));
  const given = process.env["DATABASE_URL"];
  const embedded =
    given === undefined
      ? await startEmbeddedPostgres({ dataDir, log: () => undefined })
      : null;
  const server = given ?? embedded?.url ?? "";
  const name = `bench_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(server, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await applyMigrations(url.href);
  return {
    url: url.href,
    close: async () => {
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
      await embedded?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
