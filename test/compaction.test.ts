import { execFile } from "node:child_process";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mergesOf, type LoggedRun } from "../src/domain/receipts/compaction.js";
import { compactionQueries } from "../src/domain/receipts/compaction-queries.js";
import { compact } from "../src/domain/receipts/compactor.js";
import { connect, type Database } from "../src/db/connect.js";
import { dataOf } from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";

// Old rows of the receipt log become longer runs.

const database = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: database.url }));
const chat = chatForEachTest(server);

let sql: postgres.Sql;
let pool: Database;
beforeAll(() => {
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  pool = connect(database.url, { max: 4 });
});
afterAll(async () => {
  await pool.close();
  await sql.end();
});

const days = 30;
const forced = { days, isForced: true, isGentle: false };
const round = (options = {}) =>
  compact(compactionQueries(pool.db), { ...forced, ...options });

/** All that was logged so far happened long ago. */
const age = () => sql`update receipt_log set at = at - interval '100 days'`;

const rowsOf = (kind = "READ") => sql<{ first: number; last: number }[]>`
  select log.first_seq as first, log.last_seq as last from receipt_log log
  join conversations c on c.key = log.conversation_key
  where c.id = ${chat.conversationId} and log.kind = ${kind}::log_kind order by 1`;

describe("rows that become one", () => {
  const row = (
    [firstSeq, lastSeq]: [number, number],
    version: number,
    more: Partial<LoggedRun> = {},
  ): LoggedRun => ({
    ...{ version, firstSeq, lastSeq, isHidden: false, isDelivery: true },
    ...{ hasGaps: false, isOld: true, between: "none" as const },
    ...more,
  });
  const shown = (rows: readonly LoggedRun[], reached = 0) =>
    mergesOf(rows, reached).map(
      ({ kept, firstSeq, lastSeq, dropped }) =>
        `${firstSeq}-${lastSeq} kept ${kept} dropped ${dropped.join()}`,
    );

  it.each<[string, LoggedRun[], string[]]>([
    [
      "follow each other; the newest stays",
      [row([1, 2], 9), row([3, 3], 4), row([4, 8], 5)],
      ["1-8 kept 1 dropped 3,4"],
    ],
    [
      "stay apart where others are between them",
      [row([1, 2], 1), row([4, 4], 2, { between: "open" })],
      [],
    ],
    [
      "become one over the participant's own messages",
      [row([1, 2], 1), row([4, 4], 2, { between: "marked" })],
      ["1-4 kept 4 dropped 1"],
    ],
    [
      "stay apart where one is young",
      [row([1, 2], 1), row([3, 3], 2, { isOld: false }), row([4, 4], 1)],
      [],
    ],
    [
      "stay apart where one is hidden, or one is the delivery and one is not",
      [
        row([1, 2], 1),
        row([3, 3], 2, { isHidden: true }),
        row([4, 4], 3, { isHidden: true, isDelivery: false }),
      ],
      [],
    ],
    [
      "become one with what lies in their gaps",
      [
        row([1, 9], 7, { hasGaps: true }),
        row([3, 3], 2),
        row([5, 6], 1),
        row([10, 11], 8),
      ],
      ["1-11 kept 10 dropped 1,3,5"],
    ],
    [
      "stay as they are where one that lies in a gap can't become one with them",
      [
        row([1, 9], 7, { hasGaps: true }),
        row([3, 3], 2, { isHidden: true }),
        row([10, 11], 8),
      ],
      [],
    ],
    [
      "stay as they are where the row around them is young",
      [
        row([1, 9], 7, { hasGaps: true, isOld: false }),
        row([3, 3], 2),
        row([4, 4], 3),
      ],
      [],
    ],
  ])("%s", (_, rows, merges) => {
    expect(shown(rows)).toEqual(merges);
  });

  it("stay as they are where they lie in a row of the page before", () => {
    expect(shown([row([3, 3], 2), row([4, 4], 3)], 9)).toEqual([]);
  });
});

describe("the compaction", () => {
  // Conversations of other tests come before or after this one's: nothing is left to do in them.
  beforeEach(async () => {
    await age();
    await round();
  });

  it("makes one run of what was read one by one, with the last time of it", async () => {
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 5; i++) {
      const message = await chat.say("alice");
      await chat.receive("bob", message);
      await chat.read("bob", message);
      if (i < 4) await chat.say("bob");
    }
    await age();
    const young = await chat.say("alice");
    await chat.read("bob", young);
    const before = await chat.messages("alice");
    expect(await rowsOf()).toHaveLength(6);
    expect(await round()).toBeGreaterThan(0);
    expect(await rowsOf()).toEqual([
      { first: 1, last: 9 },
      { first: 10, last: 10 },
    ]);
    expect(await chat.messages("alice")).toEqual(before);
    const of = async (seq: number) => {
      const message = before?.find((each) => each.seq === seq);
      if (!message) throw new Error("no such message");
      return chat.recipient("alice", message, "bob");
    };
    const [first, last] = [await of(1), await of(9)];
    expect(first.readAt).toBe(last.readAt);
    expect(Date.parse(first.deliveredAt ?? "")).toBeLessThanOrEqual(
      Date.parse(first.readAt ?? ""),
    );
    expect(await round()).toBe(0);
  });

  it("R25: a cursor of a change that is gone is answered by a reset, a newer one by what it missed", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await chat.sayMany("alice", 3);
    if (!first || !second || !third) throw new Error("three were sent");
    await chat.read("bob", first);
    const old = await chat.cursor("alice");
    await chat.read("bob", second);
    const newer = await chat.cursor("alice");
    await chat.read("bob", third);
    await compact(compactionQueries(pool.db), { ...forced, days: 0 });
    expect(await rowsOf()).toEqual([{ first: 1, last: 3 }]);
    for (const cursor of [old, newer]) {
      const changes = await chat.changesSince("alice", cursor);
      expect(changes[0]?.reset).toBe(true);
    }
    const now = await chat.cursor("alice");
    const fourth = await chat.say("alice");
    await chat.read("bob", fourth);
    const changes = await chat.changesSince("alice", now);
    expect(changes.map(({ reset }) => reset)).toEqual([false]);
    expect(changes[0]?.messages.map(({ id }) => id)).toEqual([fourth.id]);
  });

  it("is one node's at a time, goes on where it ended, and is due once a day", async () => {
    await sql`delete from compactions`;
    const queries = compactionQueries(pool.db);
    const asNode = { ...forced, isForced: false };
    await chat.conversation("alice", "bob");
    expect(await queries.hold(60, true)).toBeNull();
    expect(await compact(queries, forced)).toBeNull();
    const place = { conversationKey: "-9007199254740993", number: 3 };
    await queries.advance(place, 60);
    await queries.release(false);
    // It was left: whoever asks goes on there.
    expect(await queries.hold(60, false)).toEqual(place);
    await queries.release(false);
    expect(await compact(queries, asNode)).not.toBeNull();
    expect(await compact(queries, asNode)).toBeNull();
    await sql`update compactions set finished_at = finished_at - interval '25 hours'`;
    expect(await compact(queries, asNode)).not.toBeNull();
    // A node that was killed holds it for no longer than a minute.
    await queries.hold(60, true);
    await sql`update compactions set held_until = held_until - interval '61 seconds'`;
    expect(await compact(queries, forced)).not.toBeNull();
  });

  it("that is broken off has done what it had done, and a repeat does the rest", async () => {
    await sql`delete from compactions`;
    await chat.conversation("alice", "bob", "carol");
    for (const message of await chat.sayMany("alice", 4))
      for (const name of ["bob", "carol"]) await chat.read(name, message);
    await age();
    const stopping = new AbortController();
    const queries = compactionQueries(pool.db);
    const merge = queries.merge;
    let count = 0;
    const broken = {
      ...queries,
      merge: async (...merged: Parameters<typeof merge>) => {
        await merge(...merged);
        if (++count === 1) stopping.abort();
      },
    };
    await compact(broken, { ...forced, signal: stopping.signal });
    expect(await rowsOf()).toHaveLength(5);
    expect(await round()).toBeGreaterThan(0);
    expect(await rowsOf()).toHaveLength(2);
  });

  it("waits for no mark, and no mark waits for it", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 3);
    for (const message of messages) await chat.read("bob", message);
    await age();
    await sql.begin(async (tx) => {
      await tx`
        select from conversations c join participants p on p.conversation_key = c.key
        where c.id = ${chat.conversationId} for update`;
      expect(await round()).toBe(2);
    });
    await sql.begin(async (tx) => {
      await tx`
        select from receipt_log log join conversations c on c.key = log.conversation_key
        where c.id = ${chat.conversationId} for update of log`;
      const message = await chat.say("alice");
      expect((await chat.read("bob", message)).changed).toBe(true);
    });
    expect(dataOf(await chat.ask("bob", "{ viewer { id } }"))).toBeTruthy();
  });
});

describe("acked compact", () => {
  const run = async (env: Record<string, string>) =>
    promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "src/main.ts", "compact"],
      { env: { ...process.env, DATABASE_URL: database.url, ...env } },
    ).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        const { code, stderr } = error as { code: number; stderr: string };
        return `${String(code)} ${stderr}`;
      },
    );

  it("merges, and asks for RETENTION_DAYS where that is not set", async () => {
    await chat.conversation("alice", "bob");
    for (const message of await chat.sayMany("alice", 3))
      await chat.read("bob", message);
    await age();
    await round();
    const [a, b] = await chat.sayMany("alice", 2);
    if (a) await chat.read("bob", a);
    if (b) await chat.read("bob", b);
    await age();
    expect(await run({ RETENTION_DAYS: "30" })).toBe(
      "2 rows of the receipt log were merged into others.\n",
    );
    expect(await rowsOf()).toEqual([{ first: 1, last: 5 }]);
    expect(await run({ RETENTION_DAYS: "" })).toMatch(
      /^2 [^]*RETENTION_DAYS is needed/,
    );
  });
});
