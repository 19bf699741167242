import { recordedHash } from "../db/contract.js";
import {
  migrationsFolder,
  readMigrations as readFiles,
} from "../db/migration-files.js";
import { readMigrations, type Session } from "./database-queries.js";
import { failure, ok, warning, type Verdict } from "./finding.js";

/** Compares the migrations that the database has had with those of this version. */
export async function checkMigrations(sql: Session): Promise<Verdict> {
  const files = readFiles(migrationsFolder);
  const applied = await readMigrations(sql);
  if (!applied || applied.length === 0)
    return warning(
      "The database has none of the tables yet.",
      "Run `acked migrate`; `acked serve` does it too.",
    );
  const known = new Map(files.map((file) => [file.madeAt, recordedHash(file)]));
  const had = new Map(applied.map(({ madeAtMs, hash }) => [madeAtMs, hash]));
  const newest = Math.max(...had.keys());
  const missing = files.filter(({ madeAt }) => !had.has(madeAt));
  const passedOver = missing.filter(({ madeAt }) => madeAt < newest);
  const changed = files.filter(
    (file) =>
      had.has(file.madeAt) && had.get(file.madeAt) !== recordedHash(file),
  );
  const unknown = [...had.keys()].filter((madeAtMs) => !known.has(madeAtMs));
  const newestFile = Math.max(...known.keys());
  if (unknown.some((madeAtMs) => madeAtMs < newestFile) || changed.length > 0)
    return failure(
      "The database has had migrations that differ from this version's.",
      "It belongs to another build or another program: use the one that made it, or another database.",
    );
  if (passedOver.length > 0)
    return failure(
      `${counted(passedOver.length)} of this version ${passedOver.length > 1 ? "were" : "was"} passed over, and no start makes up for it.`,
      "Run them by hand in order (drizzle/*.sql) and write them down in drizzle.__drizzle_migrations, or put a backup back.",
    );
  if (unknown.length > 0)
    return warning(
      `The database has ${counted(unknown.length)} that this version does not know: a newer version made ${unknown.length > 1 ? "them" : "it"}.`,
      "Bring this node to that version.",
    );
  if (missing.length > 0)
    return warning(
      `The database lacks ${counted(missing.length)} of this version.`,
      "Run `acked migrate`; `acked serve` does it too.",
    );
  return ok(`All ${counted(files.length)} of this version are applied.`);
}

function counted(count: number): string {
  return `${String(count)} migration${count === 1 ? "" : "s"}`;
}
