import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { describe, expect, inject, it, vi } from "vitest";
import { conversationKey } from "../src/db/conversation-key.js";
import { applyMigrations } from "../src/db/migrate.js";
import { everyone } from "../src/domain/receipts/audience.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { createHubRig, viewer } from "./support/hub.js";
import { databaseAt } from "./support/global-setup.js";

// A database of an earlier version, with what was in it.

const cleanups = cleanupsAfterEachTest();

/** A database as the first migrations left it. */
async function databaseBefore(tag: string): Promise<string> {
  const postgresUrl = inject("postgresUrl");
  const name = `acked_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  cleanups.push(async () => {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  await admin.unsafe(`create database ${name}`);

  const folder = await mkdtemp(join(tmpdir(), "acked-migrations-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  await cp("drizzle", folder, { recursive: true });
  const journalFile = join(folder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(journalFile, "utf8")) as {
    entries: { tag: string }[];
  };
  const end = journal.entries.findIndex((entry) => entry.tag === tag);
  expect(end).toBeGreaterThan(0);
  journal.entries.splice(end);
  await writeFile(journalFile, JSON.stringify(journal));

  const url = databaseAt(postgresUrl, name);
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  await migrate(drizzle(client), { migrationsFolder: folder });
  await client.end();
  return url;
}

it("0002 keeps who received and read what, and when, and the stream of it", async () => {
  const url = await databaseBefore("0002_keys");
  const client = postgres(url, { max: 1 });
  await client.unsafe(`
    insert into users (id) values ('alice'), ('bob');
    insert into conversations (id, version, last_seq, created_at, changed_at, active_at)
      select id, 5, 2, '2026-01-01Z', '2026-01-05Z', '2026-01-02Z' from unnest('{one,two}'::text[]) id;
    insert into participants (conversation_id, user_id, role, is_founder, joined_at, member, delivered, read, sent_count)
      select c.id, 'alice', 'OWNER'::participant_role, true, '2026-01-01Z'::timestamptz, '{[1,)}'::int8multirange,
        '{[1,3)}'::int8multirange, '{[1,3)}'::int8multirange, 2 from conversations c
      union all
      select c.id, 'bob', 'MEMBER', true, '2026-01-01Z', '{[1,)}', '{[1,3)}', '{[2,3)}', 0 from conversations c;
    insert into messages (conversation_id, seq, version, sender_id, sender_ordinal, client_id, body, type, sent_at)
      select c.id, n, n, 'alice', n, c.id || n, 'hello', 'text', '2026-01-02Z' from conversations c, generate_series(1, 2) n;
    insert into receipt_log (conversation_id, version, user_id, kind, first_seq, last_seq, at)
      select c.id, 3, 'bob', 'DELIVERED'::log_kind, 1, 2, '2026-01-03Z'::timestamptz from conversations c
      union all
      select c.id, 4, 'bob', 'READ', 2, 2, '2026-01-04Z' from conversations c
      union all
      select c.id, 5, 'alice', 'DELETED', 1, 1, '2026-01-05Z' from conversations c;
  `);
  await client.end();

  await applyMigrations(url);
  await applyMigrations(url); // nothing is left to do

  const { services, close } = await createHubRig(url);
  cleanups.push(close);
  for (const conversationId of ["one", "two"]) {
    const { rows } = await services.changes.since(conversationId, {
      version: 0,
      lastSeq: 0,
    });
    expect(
      rows.map((row) => [
        row.version,
        row.userId,
        row.kind,
        row.firstSeq,
        row.lastSeq,
        new Date(row.at).toISOString().slice(0, 10),
      ]),
    ).toEqual([
      [3, "bob", "DELIVERED", 1, 2, "2026-01-03"],
      [4, "bob", "READ", 2, 2, "2026-01-04"],
      [5, "alice", "DELETED", 1, 1, "2026-01-05"],
    ]);
    const times = await services.statuses.recipients({
      conversationId,
      seq: 2,
      audience: everyone,
      state: null,
      afterUserId: "",
      limit: 10,
    });
    expect(times).toMatchObject([{ userId: "bob", state: "READ" }]);
    // What is done now goes on from it.
    const marked = await services.receipts.mark(
      viewer("bob"),
      "READ",
      { conversationId, seq: 2 },
      { upTo: true },
    );
    expect(marked).toMatchObject({ changed: true, position: { version: 6 } });
    const { message } = await services.messages.send(viewer("alice"), {
      conversationId,
      clientId: randomUUID(),
      body: "again",
      type: "text",
      fileType: null,
      senderId: null,
    });
    expect(message).toMatchObject({ seq: 3, version: 7 });
    expect(
      await services.conversations.viewed(viewer("alice"), conversationId),
    ).toMatchObject({ unreadCount: 0 });
  }
});

describe("0006: keys of conversations from their ids", () => {
  /** Two conversations as the version before left them; Carol came to the first one later, and has left. */
  async function seeded(): Promise<string> {
    const url = await databaseBefore("0006_conversation_keys");
    const client = postgres(url, { max: 1 });
    await client.unsafe(`
      insert into users (id) values ('alice'), ('bob'), ('carol');
      insert into conversations (id, version, last_seq, created_at, changed_at, active_at)
        select id, 7, 3, '2026-01-01Z', '2026-01-07Z', '2026-01-03Z' from unnest('{one,two}'::text[]) id;
      insert into participants (conversation_id, user_id, role, is_founder, joined_at, member, delivered, read, sent_count)
        select c.id, 'bob', 'MEMBER'::participant_role, true, '2026-01-01Z'::timestamptz, '{[1,)}'::int8multirange,
          '{[1,4)}'::int8multirange, '{[1,3)}'::int8multirange, 1 from conversations c
        union all
        select c.id, 'alice', 'OWNER', true, '2026-01-01Z', '{[1,)}', '{[1,3)}', '{[1,3)}', 2 from conversations c;
      insert into participants (conversation_id, user_id, role, is_founder, joined_at, left_at, member)
        values ('one', 'carol', 'MEMBER', false, '2026-01-02Z', '2026-01-07Z', '{[2,4)}');
      insert into messages (conversation_id, seq, version, sender_id, sender_key, sender_ordinal, client_id, body, type, sent_at)
        select p.conversation_id, m.seq, m.seq, m.sender, p.key, m.ordinal, p.conversation_id || m.seq, 'hello', 'text', '2026-01-02Z'
        from (values (1, 'alice', 1), (2, 'alice', 2), (3, 'bob', 1)) m (seq, sender, ordinal)
        join participants p on p.user_id = m.sender;
      insert into message_keys (sender_id, client_id, conversation_id, seq, content_digest)
        select sender_id, client_id, conversation_id, seq, 'digest of ' || client_id from messages;
      insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at)
        select c.key, l.version, p.key, l.kind::log_kind, l.first, l.last, '2026-01-05Z'
        from (values (4, 'bob', 'DELIVERED', 1, 2), (5, 'bob', 'READ', 1, 2), (6, 'alice', 'DELETED', 1, 1)) l (version, who, kind, first, last)
        join participants p on p.user_id = l.who join conversations c on c.id = p.conversation_id;
      insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at)
        select c.key, 7, p.key, 'LEFT', 2, 3, '2026-01-07Z'
        from participants p join conversations c on c.id = p.conversation_id where p.user_id = 'carol';
    `);
    await client.end();
    return url;
  }

  it("carries every row along, and what is done now goes on from it", async () => {
    const url = await seeded();
    await applyMigrations(url);
    await applyMigrations(url); // nothing is left to do

    const { services, close } = await createHubRig(url);
    cleanups.push(close);
    for (const conversationId of ["one", "two"]) {
      const { rows } = await services.changes.since(conversationId, {
        version: 0,
        lastSeq: 0,
      });
      expect(
        rows.map((row) => [
          row.version,
          row.userId,
          row.kind,
          row.firstSeq,
          row.lastSeq,
        ]),
      ).toEqual([
        [4, "bob", "DELIVERED", 1, 2],
        [5, "bob", "READ", 1, 2],
        [6, "alice", "DELETED", 1, 1],
        ...(conversationId === "one" ? [[7, "carol", "LEFT", 2, 3]] : []),
      ]);
      expect(
        await services.conversations.viewed(viewer("alice"), conversationId),
      ).toMatchObject({ lastSeq: 3, unreadCount: 1 });
      const marked = await services.receipts.mark(
        viewer("alice"),
        "READ",
        { conversationId, seq: 3 },
        { upTo: true },
      );
      expect(marked).toMatchObject({ changed: true, position: { version: 8 } });
    }
    // Carol comes back under her number, Dave gets the next one.
    await services.conversations.add(viewer("alice"), "one", ["carol", "dave"]);
    const client = postgres(url, { max: 1 });
    cleanups.push(() => client.end());
    expect(
      await client`
        select number, user_id from participants where conversation_id = 'one' order by number`,
    ).toMatchObject([
      { number: 1, user_id: "bob" },
      { number: 2, user_id: "alice" },
      { number: 3, user_id: "carol" },
      { number: 5, user_id: "dave" },
    ]);
    expect(
      await client`
        select p.user_id, k.client_id, k.seq, k.content_digest from message_keys k
        join participants p on p.conversation_key = k.conversation_key and p.number = k.sender_number
        where p.conversation_id = 'two' order by k.seq`,
    ).toMatchObject(
      ["alice", "alice", "bob"].map((user_id, i) => ({
        user_id,
        client_id: `two${i + 1}`,
        seq: i + 1,
        content_digest: `digest of two${i + 1}`,
      })),
    );
  });

  it("leaves all as it was where it is given up, and is done when it is run again", async () => {
    const url = await seeded();
    const client = postgres(url, { max: 2 });
    cleanups.push(() => client.end());
    const writer = await client.reserve();
    await writer`begin`;
    await writer`update conversations set title = 'held'`;
    const gaveUp = new AbortController();
    const migrated = applyMigrations(url, { signal: gaveUp.signal }).then(
      () => "done",
      () => "given up",
    );
    await vi.waitFor(async () => {
      const [waits] = await client`
        select from pg_locks where not granted and relation = 'conversations'::regclass`;
      expect(waits).toBeDefined();
    }, 10_000);
    gaveUp.abort();
    expect(await migrated).toBe("given up");
    await writer`commit`;
    writer.release();
    const [before] =
      await client`select count(participant_key)::int as rows from receipt_log`;
    expect(before).toEqual({ rows: 7 });

    await applyMigrations(url);
    const [after] =
      await client`select count(participant_number)::int as rows from receipt_log`;
    expect(after).toEqual({ rows: 7 });
  });
});

describe("0008 to 0010: what is unread, who counts, users who go", () => {
  it("comes to a database with data, beside a node of the version before that goes on; its users can go then", async () => {
    const url = await databaseBefore("0008_unread");
    const client = postgres(url, { max: 2, onnotice: () => undefined });
    cleanups.push(() => client.end());
    await client`insert into users (id) select unnest('{alice,bob,carol}'::text[])`;
    for (const id of ["one", "two"])
      await client`
        with conversation as (
          insert into conversations (key, id, version, last_seq, last_participant, created_at, changed_at, active_at)
          values (${conversationKey(id)}, ${id}, 4, 2, 3, '2026-01-01Z', '2026-01-04Z', '2026-01-02Z')
          returning key, id
        ),
        stayed as (
          insert into participants (conversation_key, conversation_id, number, user_id, role, is_founder, joined_at,
            left_at, member, delivered, read, sent_count)
          select key, id, p.number, p.user_id, 'MEMBER', true, '2026-01-01Z', p.left_at::timestamptz,
            p.member::int8multirange, p.read::int8multirange, p.read::int8multirange, p.sent
          from conversation, (values (1, 'alice', null, '{[1,)}', '{[2,3)}', 1), (2, 'bob', null, '{[1,)}', '{[1,2)}', 0),
            (3, 'carol', '2026-01-04Z', '{[1,3)}', '{}', 1)) p (number, user_id, left_at, member, read, sent)
        ),
        logged as (
          insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at)
          select key, l.version, l.number, l.kind::log_kind, 1, l.last, '2026-01-04Z'
          from conversation, (values (3, 2, 'READ', 1), (4, 3, 'LEFT', 2)) l (version, number, kind, last)
        )
        insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number, sender_ordinal,
          client_id, body, type, sent_at)
        select key, id, m.seq, m.seq, m.sender, m.number, 1, m.sender, 'hello', 'text', '2026-01-02Z'
        from conversation, (values (1, 'alice', 1), (2, 'carol', 3)) m (seq, sender, number)`;

    // Bob leaves and comes back, again and again, as the version before writes it.
    let isOver = false;
    let moves = 0;
    const move = async () => {
      while (!isOver) {
        await client`
          update participants set member = '{[1,3)}', left_at = now() where user_id = 'bob'`;
        await client`
          update participants set member = '{[1,)}', left_at = null where user_id = 'bob'`;
        moves++;
      }
    };
    const node = move();
    cleanups.push(() => Promise.resolve((isOver = true)));
    const goesOn = async () => {
      const before = moves;
      await vi.waitUntil(() => moves > before + 5, { timeout: 20_000 });
    };
    await goesOn();
    await applyMigrations(url);
    await goesOn();
    isOver = true;
    await node;

    const { services, close } = await createHubRig(url);
    cleanups.push(close);
    const host = { ...viewer("host"), isService: true };
    expect(await services.lifecycle.erase(host, "carol")).toEqual({
      conversationCount: 2,
      messageCount: 2,
    });
    expect(await services.lifecycle.deactivate(host, "bob")).toBe(2);
    expect(await services.lifecycle.reactivate(host, "bob")).toBe(2);
    expect(
      await client`
        select user_id from participants where left_at is null order by conversation_id, number`,
    ).toMatchObject(
      ["alice", "bob", "alice", "bob"].map((user_id) => ({ user_id })),
    );
    expect(
      await client`select indisvalid from pg_index where indexrelid = 'participants_gone_by_user'::regclass`,
    ).toEqual([{ indisvalid: true }]);
  });
});
