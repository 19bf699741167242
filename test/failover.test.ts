import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { startOwnPostgres, type OwnPostgres } from "./support/own-postgres.js";
import {
  startTestServer,
  type Answer,
  type TestServer,
} from "./support/server.js";

// What a node does while its database changes hands, or waits for its standby.

const cleanups = cleanupsAfterEachTest();

async function ownPostgres(): Promise<OwnPostgres> {
  const own = await startOwnPostgres();
  cleanups.push(() => own.remove());
  return own;
}

async function node(url: string): Promise<TestServer> {
  const server = await startTestServer({ DATABASE_URL: url });
  cleanups.push(() => server.close());
  return server;
}

const isReady = async ({ url }: TestServer) =>
  (await fetch(new URL("/readyz", url))).status === 200;

/** Its error's code; "ok" where there is none. */
const codeOf = ({ errors }: Answer<unknown>) =>
  errors?.[0]?.extensions?.code ?? "ok";

const markRead =
  "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }";

it("is UNAVAILABLE and not ready while the server takes no writes, and goes on by itself once it does", async () => {
  const own = await ownPostgres();
  const server = await node(own.url);
  const chat = new Chat(server);
  await chat.conversation("alice", "bob");
  const message = await chat.say("alice");
  await chat.get("bob", "{ viewer { id } }");

  await own.stop();
  await own.becomeStandby();
  await own.start();
  const mark = () => chat.ask("bob", markRead, { id: message.id });
  expect(codeOf(await mark())).toBe("UNAVAILABLE");
  expect(codeOf(await chat.trySend("alice", { body: "hi" }))).toBe(
    "UNAVAILABLE",
  );
  // A standby may be behind, and what is read there would be older than what was told before.
  expect(codeOf(await chat.ask("bob", "{ viewer { unreadCount } }"))).toBe(
    "UNAVAILABLE",
  );
  expect(await isReady(server)).toBe(false);

  await own.sql("select pg_promote()");
  await expect.poll(() => isReady(server), { timeout: 10_000 }).toBe(true);
  expect(codeOf(await mark())).toBe("ok");
  expect(await chat.counts("alice", message)).toMatchObject({ readCount: 1 });
}, 60_000);

it("finds the primary among several hosts, and the new one after a failover", async () => {
  const first = await ownPostgres();
  const second = await first.standby();
  cleanups.push(() => second.remove());
  const { username, password } = new URL(first.url);
  // The standby is named first: it is passed over.
  const url = `postgres://${username}:${password}@127.0.0.1:${second.port},127.0.0.1:${first.port}/postgres?target_session_attrs=read-write`;
  const server = await node(url);
  const chat = new Chat(server);
  await chat.conversation("alice", "bob");
  const message = await chat.say("alice");
  await expect
    .poll(() => second.sql("select 1 from messages").catch(() => []), {
      timeout: 10_000,
    })
    .toHaveLength(1);

  await first.stop("SIGQUIT");
  await second.sql("select pg_promote()");
  const begun = performance.now();
  await expect
    .poll(
      async () => codeOf(await chat.ask("bob", markRead, { id: message.id })),
      { timeout: 10_000 },
    )
    .toBe("ok");
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(await isReady(server)).toBe(true);
  expect(await chat.counts("alice", message)).toMatchObject({ readCount: 1 });
}, 60_000);

it("R10: while the synchronous standby is away reads and health go on, and each write is told UNAVAILABLE in time and is not shown before its commit", async () => {
  const own = await ownPostgres();
  const server = await node(own.url);
  const chat = new Chat(server);
  await chat.conversation("alice", "bob", "carol");
  const message = await chat.say("alice");
  for (const name of ["bob", "carol"])
    await chat.get(name, "{ viewer { id } }");
  const standbyIs = async (name: string) => {
    await own.sql(`alter system set synchronous_standby_names = '${name}'`);
    await own.sql("select pg_reload_conf()");
    await sleep(300);
  };

  await standbyIs("away");
  const begun = performance.now();
  const writes = [
    chat.ask("bob", markRead, { id: message.id }),
    ...Array.from({ length: 12 }, () =>
      chat.ask(
        "carol",
        `mutation { createConversation(input: { participantIds: ["x"] }) { conversation { id } } }`,
      ),
    ),
  ];
  await sleep(1_500);
  for (let round = 0; round < 3; round++) {
    const asked = performance.now();
    expect(await chat.counts("alice", message)).toMatchObject({ readCount: 0 });
    expect(await isReady(server)).toBe(true);
    expect(performance.now() - asked).toBeLessThan(2_000);
  }
  const codes = (await Promise.all(writes)).map(codeOf);
  expect(new Set(codes)).toEqual(new Set(["UNAVAILABLE"]));
  expect(performance.now() - begun).toBeLessThan(40_000);
  // None was ended in Postgres: that would be a commit which the standby does not have.
  await sleep(3_000);
  expect(await chat.counts("alice", message)).toMatchObject({ readCount: 0 });
  expect(
    await own.sql("select from pg_stat_activity where wait_event = 'SyncRep'"),
  ).not.toHaveLength(0);

  await standbyIs("");
  await expect
    .poll(async () => (await chat.counts("alice", message)).readCount)
    .toBe(1);
  await chat.say("alice", "all works again");
}, 90_000);
