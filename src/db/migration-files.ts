import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";

/** The checked-in migrations, as seen from `src/db` and from `dist/db` alike. */
export const migrationsFolder = fileURLToPath(
  new URL("../../drizzle", import.meta.url),
);

/** A migration as its file says it. */
export interface Migration {
  /** The name of its file without `.sql`, e.g. `0006_titles`. */
  readonly tag: string;
  /** Orders migrations: the time in milliseconds at which the file was made. */
  readonly madeAt: number;
  readonly statements: readonly string[];
  readonly hash: string;
  /** Whether versions from before it cannot serve its tables: `-- contract of 0006_titles`. */
  readonly isContract: boolean;
  /** Whether all of it is one transaction. `-- outside a transaction` says no: an index built concurrently. */
  readonly isTransaction: boolean;
}

/** Reads the migrations of a folder, in their order. */
export function readMigrations(folder: string): readonly Migration[] {
  const { entries } = JSON.parse(
    readFileSync(join(folder, "meta/_journal.json"), "utf8"),
  ) as { entries: readonly { tag: string }[] };
  return readMigrationFiles({ migrationsFolder: folder }).map(
    ({ sql, folderMillis, hash }, i) => ({
      tag: entries[i]?.tag ?? hash,
      madeAt: folderMillis,
      statements: sql.map((statement) => statement.trim()),
      hash,
      isContract: declares(sql, /^-- contract of \d{4}_\w+$/m),
      isTransaction: !declares(sql, /^-- outside a transaction$/m),
    }),
  );
}

/** Whether the comments at the top of a file declare it. */
function declares([first = ""]: readonly string[], what: RegExp): boolean {
  const [head = ""] = /^(--.*\n)*/.exec(first) ?? [];
  return what.test(head);
}
