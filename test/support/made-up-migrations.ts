import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Journal {
  entries: { idx: number; version: string; when: number; tag: string }[];
}

/**
 * A folder with the migrations of this version and made-up ones after them, as a later version has them.
 * @param files the text of each made-up migration by its name, such as `0901_colours`
 */
export async function laterMigrations(
  files: Readonly<Record<string, string>>,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "acked-later-"));
  await cp("drizzle", folder, { recursive: true });
  const journalFile = join(folder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(journalFile, "utf8")) as Journal;
  for (const [tag, text] of Object.entries(files)) {
    const when = (journal.entries.at(-1)?.when ?? 0) + 1_000;
    const idx = journal.entries.length;
    journal.entries.push({ idx, version: "7", when, tag });
    await writeFile(join(folder, `${tag}.sql`), text);
  }
  await writeFile(journalFile, JSON.stringify(journal));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
