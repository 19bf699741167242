import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, dataOf } from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";

// A user of whom nothing is left.

const database = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: database.url, LOG_LEVEL: "error" }));
const chat = chatForEachTest(server);

let sql: postgres.Sql;
beforeAll(() => {
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
});
afterAll(() => sql.end());

const eraseDocument = `mutation ($userId: ID!) {
  eraseUser(input: { userId: $userId }) { conversationCount messageCount }
}`;

async function erase(name: string) {
  const answer = await chat.askAsService<{
    eraseUser: { conversationCount: number; messageCount: number };
  }>(eraseDocument, { userId: chat.id(name) });
  return dataOf(answer).eraseUser;
}

/** The rows of the whole database that hold a text, as text, each with its table. */
async function rowsWith(text: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`;
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await sql.unsafe<{ row: string }[]>(
        `select t::text as row from ${name} t where position($1 in t::text) > 0`,
        [text],
      );
      return rows.map(({ row }) => `${name}: ${row}`);
    }),
  );
  return found.flat();
}

describe("R41: an erased user", () => {
  it("is gone from every table; what they sent keeps its place", async () => {
    await chat.conversation("alice", "bob", "carol");
    const [first, second] = [await chat.say("bob"), await chat.say("alice")];
    await chat.hideReads("bob");
    await chat.receive("bob", second);
    await chat.read("bob", second);
    await chat.read("carol", second);
    expect(await rowsWith(chat.id("bob"))).not.toEqual([]);

    expect(await erase("bob")).toEqual({
      conversationCount: 1,
      messageCount: 1,
    });

    expect(await rowsWith(chat.id("bob"))).toEqual([]);
    const seen = await chat.messages("alice");
    expect(seen?.map(({ seq, body }) => [seq, body !== null])).toEqual([
      [first.seq, false],
      [second.seq, true],
    ]);
    expect(await chat.counts("alice", second)).toMatchObject({
      summaryText: "Read",
      totalRecipients: 1,
    });
    expect(await erase("bob")).toEqual({
      conversationCount: 0,
      messageCount: 0,
    });
  });

  it("has no token that is good here, and an id that nobody is given", async () => {
    await chat.conversation("alice", "bob");
    await erase("bob");
    expect(codeOf(await chat.ask("bob", "{ viewer { id } }"))).toBe(
      "UNAUTHENTICATED",
    );
  });
});
