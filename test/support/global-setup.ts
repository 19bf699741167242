import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../packages/embedded-postgres/src/start.js";
import { applyMigrations } from "../../src/db/migrate.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The Postgres of this run; its database `acked_template` is migrated and empty. */
    postgresUrl: string;
  }
}

/** The database that each test file's own is cloned from. */
export const templateName = "acked_template";

/** One Postgres for the whole run: the one in TEST_DATABASE_URL, or an embedded one. */
export default async function setup(
  project: TestProject,
): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  const dataDir = await mkdtemp(join(tmpdir(), "acked-test-"));
  const embedded =
    given === undefined
      ? await startEmbeddedPostgres({ dataDir, log: () => undefined })
      : null;
  const url = given ?? embedded?.url ?? "";
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`drop database if exists ${templateName} with (force)`);
  await admin.unsafe(`create database ${templateName}`);
  await admin.end();
  await applyMigrations(databaseAt(url, templateName));
  project.provide("postgresUrl", url);
  return async () => {
    await embedded?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** The URL of another database on the same server. */
export function databaseAt(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
