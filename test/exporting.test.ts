import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { Chat } from "./support/chat.js";
import { databaseForFile } from "./support/for-file.js";
import { startTestServer, type TestServer } from "./support/server.js";
import { waitFor } from "./support/wait.js";

// The export of a user of whom much is stored, for clients that read slowly and for clients that go away.

/** What the exports of this file have read, and how many of them are under way. */
const exporting = vi.hoisted(() => ({ pages: 0, open: 0 }));
vi.mock(import("../src/domain/lifecycle/export.js"), async (original) => {
  const { exportLines } = await original();
  return {
    async *exportLines(queries, ...of) {
      exporting.open++;
      try {
        yield* exportLines(
          {
            ...queries,
            messages: (...page) => {
              exporting.pages++;
              return queries.messages(...page);
            },
          },
          ...of,
        );
      } finally {
        exporting.open--;
      }
    },
  };
});

/** Some 60 MB, which no buffer on the way holds. */
const messageCount = 3_000;
const allPages = 16;

const database = databaseForFile();
let server: TestServer;
let sql: postgres.Sql;
let chat: Chat;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_URL: database.url });
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  chat = new Chat(server);
  const id = await chat.conversation("alice", "bob");
  await sql`
    insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number, sender_ordinal,
      client_id, body, type, sent_at)
    select key, id, n, n, ${chat.id("alice")}, 1, n, n::text, repeat('x', 20000), 'text', now()
    from conversations, generate_series(1, ${messageCount}::int) n where id = ${id}`;
});
afterAll(async () => {
  await sql.end();
  await server.close();
});
beforeEach(() => {
  exporting.pages = 0;
});

/** An answer of which the client has read the head alone. */
async function begin(): Promise<IncomingMessage> {
  const token = await server.token(chat.id("service"), { isService: true });
  const path = `/export/user/${encodeURIComponent(chat.id("alice"))}`;
  return new Promise((resolve, reject) => {
    get(
      new URL(path, server.url),
      { agent: false, headers: { authorization: `Bearer ${token}` } },
      resolve,
    ).on("error", reject);
  });
}

/** Waits until pages have been read, and no more are: a second goes by without another. */
async function pagesAtRest(): Promise<number> {
  await waitFor(() => expect(exporting.pages).toBeGreaterThan(0));
  for (let before = 0; before < exporting.pages;) {
    before = exporting.pages;
    await delay(1_000);
  }
  return exporting.pages;
}

it("R41: an export reads no faster than its client, who gets all of it in the end", async () => {
  const answer = await begin();
  expect(await pagesAtRest()).toBeLessThan(allPages / 2);
  const seqs: unknown[] = [];
  for await (const line of createInterface(answer)) {
    const { type, seq } = JSON.parse(line) as Record<string, unknown>;
    if (type === "message") seqs.push(seq);
  }
  expect(seqs).toEqual(Array.from({ length: messageCount }, (_, i) => i + 1));
  expect(exporting).toEqual({ pages: allPages, open: 0 });
});

it("R41: an export ends when its client goes away", async () => {
  const answer = await begin();
  const read = await pagesAtRest();
  expect(exporting.open).toBe(1);
  answer.destroy();
  await waitFor(() => expect(exporting.open).toBe(0));
  // A page that was being read may have come after all.
  expect(exporting.pages).toBeLessThanOrEqual(read + 1);
});
