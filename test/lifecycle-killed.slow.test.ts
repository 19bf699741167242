import { spawn } from "node:child_process";
import { once } from "node:events";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { signToken } from "../src/auth/token.js";
import { conversationKey } from "../src/db/conversation-key.js";
import { databaseForFile } from "./support/for-file.js";
import {
  fromSources,
  post,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import { testSecret } from "./support/server.js";
import { waitFor } from "./support/wait.js";

// An erasure and a compaction whose process is killed half-way. Slow: they start processes from the sources.

const roomCount = 20;
const messageCount = 30;
const days = 30;

const database = databaseForFile();
let sql: postgres.Sql;
beforeAll(() => {
  sql = postgres(database.url, { max: 3, onnotice: () => undefined });
});
afterAll(() => sql.end());

const env = () => ({
  ...{ PORT: "0", DATABASE_URL: database.url, DEMO: "false" },
  ...{ AUTH_JWT_SECRET: testSecret, RETENTION_DAYS: String(days) },
});

/** Rooms in which a writer sent every message, and a reader read them one by one, long ago. In the order of their keys. */
async function seed(writer: string, reader: string): Promise<string[]> {
  const rooms = Array.from({ length: roomCount }, (_, i) => {
    const id = `${writer}'s room ${i}`;
    return { id, key: conversationKey(id) };
  }).sort((a, b) => (BigInt(a.key) < BigInt(b.key) ? -1 : 1));
  const keys = rooms.map(({ key }) => key);
  const ids = rooms.map(({ id }) => id);
  const all = `{[1,${messageCount + 1})}`;
  await sql`insert into users (id) values (${writer}), (${reader})`;
  await sql`
    with room as (
      insert into conversations (key, id, version, last_seq, last_participant, created_at, changed_at, active_at)
      select key, id, ${2 * messageCount}::int, ${messageCount}::int, 2, now(), now(), now()
      from unnest(${keys}::int8[], ${ids}::text[]) room (key, id)
      returning key, id
    ),
    stayed as (
      insert into participants (conversation_key, conversation_id, number, user_id, role, is_founder, joined_at, member,
        delivered, read, sent_count)
      select key, id, p.number, p.user_id, 'OWNER', true, now(), '{[1,)}', p.read::int8multirange,
        p.read::int8multirange, p.sent
      from room, (values (1, ${writer}::text, '{}', ${messageCount}::int), (2, ${reader}::text, ${all}::text, 0))
        p (number, user_id, read, sent)
    ),
    sent as (
      insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number, sender_ordinal,
        client_id, body, type, sent_at)
      select key, id, n, n, ${writer}::text, 1, n, n::text, 'hello', 'text', now()
      from room, generate_series(1, ${messageCount}::int) n
    )
    insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at, is_delivery)
    select key, ${messageCount}::int + n, 2, 'READ', n, n, now() - interval '100 days', true
    from room, generate_series(1, ${messageCount}::int) n`;
  return keys;
}

/** Locks a conversation's rows of a table while something is done. */
async function hold(rows: string, key: string, whileHeld: () => Promise<void>) {
  const holder = await sql.reserve();
  try {
    await holder`begin`;
    await holder.unsafe(
      `select from ${rows} where conversation_key = ${key} for update`,
    );
    await whileHeld();
  } finally {
    await holder`rollback`;
    holder.release();
  }
}

const somebodyWaits = () =>
  waitFor(async () => {
    const waiting = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    expect(waiting).not.toEqual([]);
  });

it("R41: an erasure whose node is killed half-way keeps the user out, and the same call again ends it", async () => {
  const keys = await seed("bob", "alice");
  const erase = async (server: ServerProcess): Promise<unknown> => {
    const service = { userId: "host", isService: true, ttlSeconds: 600 };
    const answer = await post(
      server,
      await signToken(testSecret, service),
      `mutation { eraseUser(input: { userId: "bob" }) { conversationCount messageCount } }`,
    );
    return answer.json();
  };
  const holding = async () => {
    const [row] = await sql<{ rooms: number; messages: number }[]>`
      select (select count(*)::int from participants where user_id = 'bob') as rooms,
        (select count(*)::int from messages where sender_id = 'bob') as messages`;
    return row;
  };
  const first = await startServerProcess(fromSources, { env: env() });
  try {
    await hold("messages", keys[roomCount / 2] ?? "", async () => {
      const lost = expect(erase(first)).rejects.toThrow();
      await somebodyWaits();
      await first.kill();
      await lost;
    });
  } finally {
    await first.kill();
  }
  const left = (await holding())?.rooms ?? 0;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(roomCount);

  const second = await startServerProcess(fromSources, { env: env() });
  try {
    const token = await signToken(testSecret, {
      userId: "bob",
      ttlSeconds: 600,
    });
    expect((await post(second, token, "{ viewer { id } }")).status).toBe(401);
    expect(await erase(second)).toEqual({
      data: {
        eraseUser: {
          conversationCount: left,
          messageCount: left * messageCount,
        },
      },
    });
  } finally {
    await second.kill();
  }
  expect(await holding()).toEqual({ rooms: 0, messages: 0 });
  expect(await sql`select from users where id = 'bob'`).toHaveLength(0);
  expect(await sql`select alias from erasures`).toEqual([{ alias: null }]);
});

it("a compaction that is killed half-way goes on where it was, once a minute has gone by", async () => {
  const keys = await seed("dan", "carol");
  const compact = () =>
    spawn(process.execPath, [...fromSources.slice(0, -1), "compact"], {
      env: { PATH: process.env["PATH"], ...env() },
      stdio: "ignore",
    });
  const runs = async () => {
    const rows = await sql<{ key: string; rows: number; seqs: string }[]>`
      select conversation_key::text as key, count(*)::int as rows,
        range_agg(int8range(first_seq, last_seq + 1))::text as seqs
      from receipt_log where kind = 'READ' and conversation_key = any(${keys}::int8[])
      group by 1 order by conversation_key::int8`;
    expect(new Set(rows.map(({ seqs }) => seqs))).toEqual(
      new Set([`{[1,${messageCount + 1})}`]),
    );
    return rows.map(({ rows }) => rows);
  };
  const middle = roomCount / 2;
  const killed = compact();
  await hold("receipt_log", keys[middle] ?? "", async () => {
    await somebodyWaits();
    killed.kill("SIGKILL");
    await once(killed, "exit");
  });
  const half = [
    ...Array<number>(middle).fill(1),
    ...Array<number>(roomCount - middle).fill(messageCount),
  ];
  expect(await runs()).toEqual(half);
  const refused = compact();
  expect(await once(refused, "exit")).toEqual([0, null]);
  expect(await runs()).toEqual(half);

  await sql`update compactions set held_until = held_until - interval '61 seconds'`;
  const again = compact();
  expect(await once(again, "exit")).toEqual([0, null]);
  expect(await runs()).toEqual(Array<number>(roomCount).fill(1));
  expect(
    await sql`select conversation_key from compactions where finished_at is not null`,
  ).toEqual([{ conversation_key: null }]);
});
