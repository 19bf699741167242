/**
 * A process that has an embedded Postgres, as the server has: run by embedded-child-process.ts with
 * the data directory as its argument. It prints one line of JSON when Postgres is up, or why not. On
 * SIGTERM it drains, which needs the database, then stops Postgres and exits.
 */
import postgres from "postgres";
import { startEmbeddedPostgres } from "../../packages/embedded-postgres/src/start.js";

const say = (line: Record<string, unknown>): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

try {
  const embedded = await startEmbeddedPostgres({
    dataDir: process.argv[2] ?? "",
    log: (message) => process.stderr.write(`${message}\n`),
  });
  process.once("SIGTERM", () => {
    void (async () => {
      const sql = postgres(embedded.url, { max: 1, fetch_types: false });
      await sql`insert into seen values ('drained')`;
      await sql.end();
      await embedded.stop();
      process.exit(0);
    })();
  });
  say({ url: embedded.url });
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
