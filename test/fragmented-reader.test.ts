import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiptQueries } from "../src/domain/receipts/receipt-queries.js";
import type { Mark } from "../src/domain/receipts/mark.js";
import { connect, type Database } from "../src/db/connect.js";
import { SeqSet } from "../src/foundation/seq-set.js";
import { encodeMessageId } from "../src/domain/messages/message-id.js";
import { Chat } from "./support/chat.js";
import { databaseForFile, serverForFile } from "./support/for-file.js";

// Bob has read every other message of 20,000: his set has 10,000 runs. It is exact, and what it costs,
// others do not wait for. Times are compared with one another only, and generously.

const created = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: created.url }));
const pieces = 10_000;
const spare = 4_000;
let database: Sql;
let pool: Database;
beforeAll(() => {
  database = postgres(created.url, { max: 1, onnotice: () => undefined });
  pool = connect(created.url);
});
afterAll(async () => {
  await database.end();
  await pool.close();
});

/** A conversation of Alice's messages; Bob has read every other one, and Carol none. */
async function fragmented(): Promise<Chat> {
  const chat = new Chat(server);
  await chat.conversation("alice", "bob", "carol");
  for (const name of ["bob", "carol"])
    await chat.get(name, "{ viewer { id } }");
  const last = 2 * pieces + spare;
  await database.begin(async (tx) => {
    await tx`
      insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number,
        sender_ordinal, client_id, body, type, sent_at)
      select p.conversation_key, p.conversation_id, seq, seq, p.user_id, p.number, seq, p.conversation_id || seq, 'message ' || seq,
        'text', to_timestamp(${sentMs / 1_000})
      from generate_series(1, ${last}::int) seq
      join participants p on p.conversation_id = ${chat.conversationId} and p.user_id = ${chat.id("alice")}`;
    await tx`
      update conversations set version = ${last}, last_seq = ${last}, changed_at = now(), active_at = now()
      where id = ${chat.conversationId}`;
    await tx`
      update participants set sent_count = ${last}, read = ${`{[1,${last + 1})}`}::text::int8multirange,
        delivered = ${`{[1,${last + 1})}`}::text::int8multirange
      where conversation_id = ${chat.conversationId} and user_id = ${chat.id("alice")}`;
    await tx`
      update participants set read = half.seqs, delivered = half.seqs
      from (
        select range_agg(int8range(2 * n, 2 * n + 1)) as seqs from generate_series(1, ${pieces}::int) n
      ) half
      where conversation_id = ${chat.conversationId} and user_id = ${chat.id("bob")}`;
  });
  return chat;
}

/** When every message of such a conversation was sent. */
const sentMs = Date.UTC(2026, 0, 1);

function messageAt({ conversationId }: Chat, seq: number) {
  const id = encodeMessageId({ conversationId, seq, sentMs });
  return { id, seq, clientId: "", body: null, deletedAt: null };
}

/** How many runs someone has read. */
async function runsOf(chat: Chat, name: string): Promise<number> {
  const [row] = await database<{ runs: number }[]>`
    select (select count(*)::int from unnest(read)) as runs from participants
    where conversation_id = ${chat.conversationId} and user_id = ${chat.id(name)}`;
  return row?.runs ?? -1;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe("a reader in 10,000 pieces", () => {
  it("R9, R14: is exact: single marks, bulk marks, repeats, and the count of unread messages", async () => {
    const chat = await fragmented();
    expect(await chat.unread("bob")).toBe(pieces + spare);
    expect((await chat.read("bob", messageAt(chat, 101))).changed).toBe(true);
    expect((await chat.read("bob", messageAt(chat, 101))).changed).toBe(false);
    expect((await chat.read("bob", messageAt(chat, 102))).changed).toBe(false);
    expect(await runsOf(chat, "bob")).toBe(pieces - 1);
    expect(await chat.unread("bob")).toBe(pieces + spare - 1);
    const identical = await Promise.all(
      Array.from({ length: 20 }, () => chat.read("bob", messageAt(chat, 301))),
    );
    expect(identical.filter(({ changed }) => changed)).toHaveLength(1);
    const upTo = messageAt(chat, 1_000);
    expect((await chat.readUpTo("bob", upTo)).changed).toBe(true);
    expect((await chat.readUpTo("bob", upTo)).changed).toBe(false);
    expect(await runsOf(chat, "bob")).toBe(pieces - 499);
    await chat.delete("alice", messageAt(chat, 5_001));
    await chat.delete("alice", messageAt(chat, 5_002));
    expect(await chat.unread("bob")).toBe(pieces + spare - 501);
    expect((await chat.send("bob", { body: "and I" })).duplicate).toBe(false);
    expect(await chat.unread("bob")).toBe(pieces + spare - 501);
    await chat.readUpTo("bob", messageAt(chat, 2 * pieces + spare));
    expect(await runsOf(chat, "bob")).toBe(1);
    expect(await chat.unread("bob")).toBe(0);
  });

  it("500 marks in one batch cost about as much as one, not 500 times as much", async () => {
    const chat = await fragmented();
    const queries = receiptQueries(pool.db);
    const { conversationId } = chat;
    const timeOf = (seqs: readonly number[]) =>
      timed(async () => {
        const marks = seqs.map((seq): Mark => ({
          ...{ conversationId, seq, userId: chat.id("bob"), kind: "READ" },
          sentMs: null,
          covers: SeqSet.span(seq, seq),
        }));
        const terms = { waitMs: null, largestSets: Number.MAX_SAFE_INTEGER };
        const spans = marks.map(({ covers }) => covers);
        const outcomes = await queries.mark(marks, spans, terms);
        expect(outcomes.every(({ changed }) => changed)).toBe(true);
      });
    const ratios: number[] = [];
    await timeOf([1]);
    for (let i = 0; i < 5; i++) {
      const one = await timeOf([2_003 + 2 * i]);
      const many = await timeOf(
        Array.from({ length: 500 }, (_, n) => 3_001 + 1_000 * i + 2 * n),
      );
      ratios.push(many / one);
    }
    expect(median(ratios)).toBeLessThan(25);
  });

  it("others' marks do not wait for 500 of theirs", async () => {
    const chat = await fragmented();
    const other = new Chat(server);
    await other.conversation("dora", "emil");
    const last = (await other.sayMany("dora", 24)).length;
    const read = (of: Chat, name: string, seq: number) =>
      server.services.receipts.mark(
        { userId: of.id(name), isService: false, expiresAtMs: Infinity },
        "READ",
        { conversationId: of.conversationId, seq },
        { upTo: false },
      );
    const alone = [];
    for (let seq = 1; seq <= 8; seq++)
      alone.push(await timed(() => read(other, "emil", seq)));

    // One after the other in 25 lines, so that there is always a batch of theirs under way.
    let left = 500;
    const line = async () => {
      while (left-- > 0) await read(chat, "bob", 8_001 + 2 * left);
    };
    const heavy = timed(() => Promise.all(Array.from({ length: 25 }, line)));
    const beside = [];
    for (let seq = 9; seq <= last; seq++)
      beside.push(await timed(() => read(other, "emil", seq)));
    const stillLeft = left;
    const took = await heavy;
    // All of these marks were made while theirs were: one that waited for a batch took a twentieth of it.
    expect(stillLeft).toBeGreaterThan(0);
    expect(median(beside)).toBeLessThan(Math.max(took / 40, 8 * median(alone)));
    expect(await chat.unread("bob")).toBe(pieces + spare - 500);
  });

  it("marks of such a reader go apart from the lanes, and those of others in the conversation do not", async () => {
    const chat = await fragmented();
    const queries = receiptQueries(pool.db);
    const { conversationId } = chat;
    const marks = ["bob", "carol"].map((name): Mark => ({
      ...{ conversationId, seq: 11, userId: chat.id(name), kind: "READ" },
      sentMs: null,
      covers: SeqSet.span(11, 11),
    }));
    const spans = marks.map(({ covers }) => covers);
    const outcomes = await queries.mark(marks, spans, {
      ...{ waitMs: null, largestSets: 8_192 },
    });
    expect(outcomes.map(({ apart, changed }) => [apart, changed])).toEqual([
      ["participant", false],
      [null, true],
    ]);
  });
});
