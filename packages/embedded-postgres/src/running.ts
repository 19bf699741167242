import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { databaseName, readPassword, roleName } from "./cluster.js";
import { marker, readPidFile } from "./postmaster.js";
import { inspectProcess } from "./process.js";

/**
 * Looks for the running Postgres of a data directory, and changes nothing.
 * @returns its URL; null where none runs
 */
export async function runningPostgres(dataDir: string): Promise<string | null> {
  const real = await realpath(dataDir).catch(() => null);
  if (real === null) return null;
  const cluster = { directory: join(real, "postgres") };
  const file = await readPidFile(cluster);
  if (file?.phase !== "ready") return null;
  const running = await inspectProcess(file.pid);
  if (!running?.command.endsWith(` ${marker(cluster)}`)) return null;
  const password = await readPassword(cluster);
  return `postgres://${roleName}:${encodeURIComponent(password)}@127.0.0.1:${String(file.port)}/${databaseName}`;
}
