import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";

const database = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: database.url }));
const chat = chatForEachTest(server);
const cycles = 200;

let sql: ReturnType<typeof postgres>;
beforeAll(() => {
  sql = postgres(database.url, { max: 1 });
});
afterAll(() => sql.end());

/** Bob goes and comes back, again and again; Alice says one thing while he is there and one while he is not. */
async function comeAndGo(times: number) {
  const inside: Message[] = [];
  const outside: Message[] = [];
  for (let i = 0; i < times; i++) {
    inside.push(await chat.say("alice"));
    await chat.leave("bob");
    outside.push(await chat.say("alice"));
    await chat.add("alice", "bob");
  }
  return { inside, outside };
}

/** The log's rows of people who came and left. */
async function moves() {
  return sql<{ first: number; last: number; hasGaps: boolean }[]>`
    select l.first_seq as first, l.last_seq as last, l.has_gaps as "hasGaps"
    from receipt_log l
    join participants p on p.conversation_key = l.conversation_key and p.number = l.participant_number
    where p.conversation_id = ${chat.conversationId} and l.kind in ('JOINED', 'LEFT')
    order by l.version`;
}

describe(`someone who leaves and comes back ${cycles} times`, () => {
  it("R2, R3, R14: the log grows by one row for each change, and everyone sees the true state", async () => {
    await chat.conversation("alice", "bob", "carol");
    const start = await chat.cursor("alice");
    const { inside, outside } = await comeAndGo(cycles);

    expect(await moves()).toHaveLength(2 * cycles);
    expect(await chat.unread("bob")).toBe(cycles);
    expect((await chat.hears("bob")).length).toBe(100);
    const [last] = outside.slice(-1);
    expect(await chat.refusalsOfMarks("bob", last as Message)).toEqual(
      Array.from({ length: 4 }, () => "NOT_FOUND"),
    );

    // Everything since the very start is one change, of the messages of Bob's stays alone.
    const changes = await chat.changesSince("alice", start);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      reset: false,
      receipts: [],
      messageCount: cycles,
    });
    expect(changes[0]?.messages.map(({ seq }) => seq)).toEqual(
      inside
        .slice(-50)
        .map(({ seq }) => seq)
        .reverse(),
    );
    for (const { id, status } of changes[0]?.messages ?? []) {
      const { recipients, ...counts } = status;
      expect(counts).toEqual(await chat.counts("alice", { id } as Message));
      expect(recipients.totalCount).toBe(2);
    }
    expect(await chat.counts("alice", last as Message)).toMatchObject({
      totalRecipients: 1,
    });

    // Carol's phone was off as well, and what she sees of it is the same.
    const [seen] = await chat.changesSince("carol", start);
    expect(seen?.messageCount).toBe(cycles);
    // A message of a middle stay can be read, and all that is his at once.
    const middle = inside[cycles >> 1] as Message;
    expect(await chat.read("bob", middle)).toMatchObject({ changed: true });
    expect(await chat.unread("bob")).toBe(cycles - 1);
    await chat.readUpTo("bob", inside.at(-1) as Message);
    expect(await chat.unread("bob")).toBe(0);
  }, 120_000);
});

describe("what a change of who is there is told as", () => {
  it("R1: a page of changes tells of all stays, wherever it begins and whatever came between", async () => {
    await chat.conversation("alice", "bob", "carol");
    const cursors: string[] = [];
    const inside: Message[] = [];
    for (let i = 0; i < 5; i++) {
      cursors.push(await chat.cursor("alice"));
      inside.push(await chat.say("alice"));
      await chat.read("carol", inside.at(-1) as Message);
      await chat.leave("bob");
      await chat.say("alice");
      await chat.add("alice", "bob");
    }
    for (const [i, cursor] of cursors.entries()) {
      const changes = await chat.changesSince("alice", cursor);
      // All messages of Bob's stays changed twice: what Carol read since then is among them.
      expect(
        changes.flatMap(({ messages }) => messages.map(({ seq }) => seq)),
      ).toEqual(inside.map(({ seq }) => seq).reverse());
      expect(changes[0]?.receipts).toHaveLength(5 - i);
    }
  });

  it("R1: the first leaving concerns a run without gaps, and coming in for the first time concerns no message", async () => {
    await chat.conversation("alice", "bob");
    await chat.sayMany("alice", 3);
    await chat.add("alice", "carol");
    await chat.say("alice");
    await chat.leave("carol");
    await chat.say("alice");
    await chat.add("alice", "carol");
    await chat.say("alice");
    await chat.leave("carol");
    expect(await moves()).toEqual([
      { first: 4, last: 3, hasGaps: false },
      { first: 4, last: 4, hasGaps: false },
      { first: 4, last: 4, hasGaps: false },
      { first: 4, last: 6, hasGaps: true },
    ]);
  });

  it("R1: rows of before, one for each stay, are read as they were written", async () => {
    await chat.conversation("alice", "bob", "carol");
    const start = await chat.cursor("alice");
    const { inside } = await comeAndGo(3);
    const now = await chat.changesSince("alice", start);
    const stays = await sql.begin(async (tx) => {
      const gone = await tx`
        delete from receipt_log l using participants p
        where p.conversation_key = l.conversation_key and p.number = l.participant_number and p.conversation_id = ${chat.conversationId}
          and l.kind in ('JOINED', 'LEFT')
        returning l.*, p.member::text as member`;
      expect(gone).toHaveLength(6);
      return tx`
        insert into receipt_log (conversation_key, version, participant_number, at, kind, first_seq, last_seq)
        select l.conversation_key, l.version, l.participant_number, l.at::timestamptz, l.kind::log_kind,
          lower(run), upper(run) - 1
        from jsonb_to_recordset(${tx.json(gone as never)}) as l (conversation_key int8, version int8,
          participant_number int4, at text, kind text, first_seq int, last_seq int, member text),
          unnest(l.member::int8multirange * int8multirange(int8range(l.first_seq, l.last_seq, '[]'))) run
        union all
        select l.conversation_key, l.version, l.participant_number, l.at::timestamptz, l.kind::log_kind,
          l.last_seq + 1, l.last_seq
        from jsonb_to_recordset(${tx.json(gone as never)}) as l (conversation_key int8, version int8,
          participant_number int4, at text, kind text, first_seq int, last_seq int)
        returning 1`;
    });
    expect(stays).toHaveLength(2 * (1 + 2 + 3) + 6);
    const before = await chat.changesSince("alice", start);
    expect(before.map(({ cursor: _, ...change }) => change)).toEqual(
      now.map(({ cursor: _, ...change }) => change),
    );
    expect(before[0]?.messageCount).toBe(inside.length);
  });
});
