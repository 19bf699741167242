import { execFile } from "node:child_process";
import { access, constants, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { is, Placeholder } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { applyMarks } from "../../src/domain/receipts/mark-statement.js";
import { quickSets } from "../../src/domain/receipts/mark-writer.js";
import { readBlock } from "../marks/chats.js";
import { connections, readersPerConnection } from "./course.js";

/** Where Debian keeps each version's programs. */
const debianVersions = "/usr/lib/postgresql";

/** The path of pgbench: from PATH, or of Debian's newest version; null where there is no pgbench. */
export async function findPgbench(): Promise<string | null> {
  const versions = await readdir(debianVersions).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(debianVersions, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  for (const folder of folders) {
    const file = join(folder, "pgbench");
    const isThere = access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (await isThere) return file;
  }
  return null;
}

/**
 * Writes pgbench's script: the statement that writes marks, word for word as Acked prepares it, its
 * parameters made up in SQL. Connection `c` goes
 * through the readers of conversations c, c + connections, …, all of them again and again; its t-th
 * transaction holds the marks `t * batch` and following.
 */
export async function writeScript(file: string, batch: number): Promise<void> {
  const marks = `generate_series(:t * ${batch}, :t * ${batch} + ${batch - 1}) mark`;
  const reader = `mark % ${readersPerConnection}`;
  const chat = `:client_id + ${connections} * (${reader} / 10)`;
  const n = `mark / ${readersPerConnection}`;
  const seq = `${n} - ${n} % ${readBlock} + ${n} % ${readBlock} * 7 % ${readBlock} + 1`;
  const list = (of: string) => `array(select ${of} from ${marks})`;
  const values: Record<keyof typeof applyMarks.many.parameters, string> = {
    conversationKeys: list(`conversation_key('conversation-' || (${chat}))`),
    conversationIds: list(`'conversation-' || (${chat})`),
    userIds: list(`'reader-' || mark % 10`),
    kinds: list(`'READ'`),
    seqs: list(seq),
    sentTimes: list("null"),
    spans: list(`'{[' || ${seq} || ',' || ${seq} + 1 || ')}'`),
    firstSeqs: list(seq),
    seen: list("-1"),
    largestSets: String(quickSets),
  };
  const { sql, params } = new PgDialect().sqlToQuery(applyMarks.many.text);
  const filled = sql.replace(/\$(\d+)/g, (_, number: string) => {
    const parameter = params[Number(number) - 1];
    if (!is(parameter, Placeholder)) throw new Error(`$${number} has no name`);
    return values[parameter.name as keyof typeof values];
  });
  await writeFile(file, `\\set t :t + 1\n${filled};\n`);
}

/**
 * Runs the script a number of times on each connection.
 * @returns transactions a second over all connections
 */
export async function runPgbench(options: {
  pgbench: string;
  databaseUrl: string;
  script: string;
  /** Transactions that each connection has made before. */
  done: number;
  transactions: number;
}): Promise<number> {
  const { pgbench, script, done, transactions } = options;
  const url = new URL(options.databaseUrl);
  const { stdout } = await promisify(execFile)(
    pgbench,
    [
      "--no-vacuum",
      "--protocol=prepared",
      `--client=${connections}`,
      `--jobs=${connections}`,
      `--define=t=${done - 1}`,
      `--transactions=${transactions}`,
      `--file=${script}`,
    ],
    {
      env: {
        ...process.env,
        PGHOST: url.hostname,
        PGPORT: url.port || "5432",
        PGUSER: url.username,
        PGPASSWORD: decodeURIComponent(url.password),
        PGDATABASE: url.pathname.slice(1),
      },
    },
  );
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  if (!(perSecond > 0)) throw new Error(stdout);
  return perSecond;
}
