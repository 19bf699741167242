import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { connect, inTransaction, type Db } from "../src/db/connect.js";
import type { DatabaseOptions } from "../src/db/connect.js";
import { isDatabaseUnavailable, pgErrorCode } from "../src/db/failure.js";
import { accessOf, sharesOf } from "../src/db/access.js";
import { prepare } from "../src/db/prepare.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { openNetwork } from "./support/network.js";
import { createTestDatabase } from "./support/server.js";

// The pool by itself, over a real Postgres whose connections are refused, held, silent or ended.

const cleanups = cleanupsAfterEachTest();

async function database() {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  cleanups.push(() => admin.end());
  return { url, admin };
}

function open(url: string, options: DatabaseOptions = {}) {
  const opened = connect(url, options);
  cleanups.push(() => opened.close(0));
  return opened;
}

const one = (db: Db) => db.execute(sql`select 1 as one`);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: unknown) => pgErrorCode(error) ?? error,
  );
const all = <T>(count: number, make: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, make));

it("makes do with the connections that the database lets in, and takes more once there are", async () => {
  const { url, admin } = await database();
  const role = `small_${randomUUID().slice(0, 8)}`;
  await admin.unsafe(
    `create role ${role} login password 'x' connection limit 3`,
  );
  cleanups.push(() => admin.unsafe(`drop role ${role}`));
  const theirs = new URL(url);
  theirs.username = role;
  theirs.password = "x";
  const events: string[] = [];
  const { db, close } = open(theirs.href, {
    onEvent: ({ kind }) => events.push(kind),
  });
  const sleeping = () => codeOf(db.execute(sql`select pg_sleep(0.05)`));
  expect(new Set(await all(60, sleeping))).toEqual(new Set(["ok"]));
  expect(events).toContain("full");
  expect(events).not.toContain("lost");

  await admin.unsafe(`alter role ${role} connection limit 50`);
  const sessions = async () =>
    (await admin`select from pg_stat_activity where usename = ${role}`).length;
  await expect
    .poll(
      async () => {
        await all(20, sleeping);
        return sessions();
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(3);
  await close();
}, 40_000);

it("waits for a first connection where others have all, and gives up in time", async () => {
  const { url, admin } = await database();
  const role = `none_${randomUUID().slice(0, 8)}`;
  await admin.unsafe(
    `create role ${role} login password 'x' connection limit 0`,
  );
  cleanups.push(() => admin.unsafe(`drop role ${role}`));
  const theirs = new URL(url);
  theirs.username = role;
  theirs.password = "x";
  const { db, close } = open(theirs.href, { waitLimitMs: 1_000 });
  expect(await codeOf(one(db))).toBe("ACKED_NO_CONNECTION");
  const waiting = codeOf(one(db));
  await admin.unsafe(`alter role ${role} connection limit 1`);
  expect(await waiting).toBe("ok");
  await close();
});

it("serves reads while all that write wait, and every wait has an end", async () => {
  const { url, admin } = await database();
  await admin`create table held (id int primary key)`;
  await admin`insert into held values (1)`;
  const blocker = postgres(url, { max: 1 });
  cleanups.push(() => blocker.end());
  const held = await blocker.reserve();
  await held`begin`;
  await held`update held set id = 1`;
  const { db, whyUnfit } = open(url, {
    waitLimitMs: 500,
    answerLimitMs: 1_500,
  });
  const begun = performance.now();
  const writes = all(30, () => codeOf(db.execute(sql`update held set id = 1`)));
  const transactions = all(5, () =>
    codeOf(inTransaction(db, (tx) => tx.execute(sql`delete from held`))),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const asked = performance.now();
  expect(new Set(await all(20, () => codeOf(one(db))))).toEqual(
    new Set(["ok"]),
  );
  expect(await whyUnfit()).toBeNull();
  expect(performance.now() - asked).toBeLessThan(1_000);
  const codes = new Set([...(await writes), ...(await transactions)]);
  expect(codes).toEqual(new Set(["ACKED_NO_ANSWER", "ACKED_NO_CONNECTION"]));
  expect(performance.now() - begun).toBeLessThan(5_000);
  await held`rollback`;
  held.release();
  // What was given up holds no place.
  await expect
    .poll(() => codeOf(db.execute(sql`update held set id = 1`)))
    .toBe("ok");
});

it("closes a connection on which nothing arrives any more, and uses others", async () => {
  const { url } = await database();
  const network = await openNetwork(url);
  cleanups.push(() => network.close());
  const through = new URL(url);
  through.port = String(network.port);
  const { db, whyUnfit } = open(through.href, { answerLimitMs: 1_000 });
  await all(10, () => one(db));
  network.fallSilent();
  const begun = performance.now();
  expect(await whyUnfit()).toContain("can't be reached");
  const codes = await all(20, () => codeOf(one(db)));
  for (const code of codes) expect(["ok", "ACKED_NO_ANSWER"]).toContain(code);
  await expect.poll(() => codeOf(one(db)), { timeout: 15_000 }).toBe("ok");
  await expect.poll(whyUnfit, { timeout: 15_000 }).toBeNull();
  expect(performance.now() - begun).toBeLessThan(15_000);
}, 40_000);

it("loses only what was under way where connections are ended every sixth of a second, and nothing after", async () => {
  const { url, admin } = await database();
  const lost: unknown[] = [];
  const { db } = open(url);
  for (let trial = 0; trial < 10; trial++) {
    let isOver = false;
    const asking = all(20, async () => {
      while (!isOver) {
        const code = await codeOf(
          inTransaction(db, async (tx) => {
            await one(tx);
            return one(tx);
          }),
        );
        if (code !== "ok") lost.push(code);
      }
    });
    for (let round = 0; round < 6; round++) {
      await new Promise((resolve) => setTimeout(resolve, 166));
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'acked' and datname = current_database()`;
    }
    isOver = true;
    await asking;
    const after = await all(200, () => codeOf(one(db)));
    expect(after.filter((code) => code !== "ok")).toEqual([]);
  }
  expect(lost.length).toBeGreaterThan(0);
  // At most ten connections, sixty times.
  expect(lost.length).toBeLessThanOrEqual(600);
  for (const code of lost)
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code }))).toBe(
      true,
    );
}, 60_000);

it("rolls back what fails, and is of use afterwards", async () => {
  const { url } = await database();
  const { db } = open(url, { max: 1 });
  await db.execute(sql`create table kept (id int primary key)`);
  const failing = inTransaction(db, async (tx) => {
    await tx.execute(sql`insert into kept values (1)`);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  // A failure that nobody minds is a failure all the same: Postgres would not commit.
  const careless = inTransaction(db, async (tx) => {
    await tx.execute(sql`insert into kept values (2)`);
    await tx.execute(sql`insert into kept values (2)`).catch(() => undefined);
  });
  expect(await codeOf(careless)).toBe("23505");
  expect(await db.execute(sql`select * from kept`)).toEqual([]);
});

it("outlives a migration that changes what a prepared statement answers", async () => {
  const { url, admin } = await database();
  await admin`create table changing (id int)`;
  const { db } = open(url, { max: 1 });
  type Ask = (on: Db) => Promise<unknown>;
  const ask: Ask = (on) =>
    prepare(on, "changing", sql`select * from changing where id = ${1}`)({});
  await ask(db);
  await admin`alter table changing add column more text`;
  expect(await codeOf(ask(db))).toBe("ok");
  await admin`alter table changing add column still_more text`;
  const transaction = inTransaction(db, ask);
  await expect(transaction).rejects.toSatisfy(isDatabaseUnavailable);
  expect(await codeOf(inTransaction(db, ask))).toBe("ok");
});

it("keeps places for reads and for writes, however few connections there are", () => {
  for (let connections = 2; connections <= 40; connections++) {
    const { read, write } = sharesOf(connections);
    expect(read).toBeLessThan(connections);
    expect(write).toBeLessThan(connections);
    expect(Math.min(read, write)).toBeGreaterThan(0);
  }
  expect(sharesOf(10)).toEqual({ read: 9, write: 7 });
  expect(sharesOf(1)).toEqual({ read: 1, write: 1 });
});

it.each([
  ["select 1", "read"],
  [
    "select deleted_at, updated_at from messages where kind = 'DELETED'",
    "read",
  ],
  ["with x as (select 1) INSERT into t select * from x", "write"],
  ["select from conversations for no key update", "write"],
  ["select from conversations for key share", "write"],
] as const)("%s is a %s", (text, access) => {
  expect(accessOf(text)).toBe(access);
});

it.each([
  "08006 25006 25P03 25P04 26000 28P01 3D000 40001 40003 40P01 42P05 53100 53300 55P03 57014 57P01 57P03 58030",
  "CONNECTION_CLOSED CONNECT_TIMEOUT ECONNREFUSED ECONNRESET ENETUNREACH ETIMEDOUT EMFILE ACKED_NO_ANSWER ACKED_NO_CONNECTION",
])("%s pass", (codes) => {
  for (const code of codes.split(" "))
    expect([
      code,
      isDatabaseUnavailable(Object.assign(new Error(), { code })),
    ]).toEqual([code, true]);
});

it.each(["22021", "23505", "42P01", "42501", "0A000", "XX000", "XX001"])(
  "%s is our own fault",
  (code) => {
    expect(isDatabaseUnavailable(Object.assign(new Error(), { code }))).toBe(
      false,
    );
  },
);

describe("turns between users", () => {
  /** Statements of users, and the order in which they were answered. */
  function statements(db: Db) {
    const sleep = prepare<{ seconds: number }, { slept: string }>(
      db,
      "test_sleep",
      sql`select pg_sleep(${sql.placeholder("seconds")}::float8)::text as slept`,
    );
    const order: string[] = [];
    const run = async (owner: string, seconds = 0.01) => {
      await sleep({ seconds }, owner);
      order.push(owner);
    };
    return { order, run };
  }

  it("a user's statement goes before the tenth of thirty that another user asked for first", async () => {
    const { url } = await database();
    const { db } = open(url, { max: 2 });
    const { order, run } = statements(db);
    const flood = all(30, () => run("alice"));
    await run("bob");
    expect(order.indexOf("bob")).toBeLessThan(10);
    await flood;
    expect(order).toHaveLength(31);
  });

  it("no user has more than half of the connections, however many are idle", async () => {
    const { url, admin } = await database();
    const { db } = open(url, { max: 6 });
    const { run } = statements(db);
    const flood = all(12, () => run("alice", 0.3));
    let most = 0;
    const isOver = flood.then(() => true);
    while (!(await Promise.race([isOver, admin`select 1`.then(() => false)]))) {
      const [row] = await admin<{ count: number }[]>`
        select count(*)::int from pg_stat_activity
        where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`;
      most = Math.max(most, row?.count ?? 0);
    }
    expect(most).toBe(3);
  });
});
