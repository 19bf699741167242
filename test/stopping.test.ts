import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import postgres from "postgres";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { signToken } from "../src/auth/token.js";
import { stopInTurn } from "../src/foundation/deadline.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import {
  fromSources,
  post,
  StartFailure,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
} from "./support/server.js";

// How a node stops, as those see it who stop it and those who were using it.

const cleanups = cleanupsAfterEachTest();

const pidFile = "postgres/postmaster.pid";
/** As in src/db/migrate.ts. */
const migrationLock = 7_225_330_414;

/** `acked serve`, from its sources. */
async function serve(env: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess(fromSources, {
    env: { PORT: "0", AUTH_JWT_SECRET: testSecret, DEMO: "false", ...env },
  });
  cleanups.push(() => server.kill());
  return server;
}

async function database(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  return url;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "acked-stop-"));
  cleanups.push(() =>
    rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  );
  return directory;
}

/** Of the Postgres that runs in a data directory. */
async function embeddedUrl(dataDir: string): Promise<string> {
  const read = (name: string) => readFile(join(dataDir, name), "utf8");
  const password = (await read("postgres/acked.password")).trim();
  const port = (await read(pidFile)).split("\n")[3] ?? "";
  return `postgres://acked:${encodeURIComponent(password)}@127.0.0.1:${port}/acked`;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function postAs(
  server: ServerProcess,
  userId: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Response> {
  const token = await signToken(testSecret, { userId, ttlSeconds: 600 });
  return post(server, token, query, variables);
}

describe("SIGTERM", () => {
  const mark = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;

  /** A conversation whose row somebody else holds, so that a mark in it has to wait. */
  async function blockedMark(url: string) {
    const setUp = await startTestServer({ DATABASE_URL: url });
    const chat = new Chat(setUp);
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await setUp.close();
    const blocker = postgres(url, { max: 1 });
    const held = await blocker.reserve();
    await held`begin`;
    await held`select from conversations where id = ${chat.conversationId} for update`;
    let isHeld = true;
    const release = async () => {
      if (!isHeld) return;
      isHeld = false;
      await held`rollback`;
      held.release();
      await blocker.end();
    };
    cleanups.push(release);
    return { userId: chat.id("bob"), message, release };
  }

  /** Waits until a statement waits for the lock. */
  async function untilBlocked(url: string): Promise<void> {
    const watcher = postgres(url, { max: 1 });
    await vi.waitUntil(
      async () =>
        (
          await watcher`select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
        ).length > 0,
      { timeout: 20_000 },
    );
    await watcher.end();
  }

  /** A mark is sent over a socket of its own; what comes back is collected. */
  async function markOverSocket(
    { url }: ServerProcess,
    userId: string,
    id: string,
  ): Promise<{ socket: WebSocket; said: string[] }> {
    const socket = new WebSocket(
      url.replace("http", "ws"),
      "graphql-transport-ws",
    );
    await once(socket, "open");
    const said: string[] = [];
    socket.on("message", (data: Buffer) => said.push(data.toString()));
    const token = await signToken(testSecret, { userId, ttlSeconds: 600 });
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    send({
      type: "connection_init",
      payload: { authorization: `Bearer ${token}` },
    });
    await vi.waitUntil(() => said.length === 1);
    send({
      id: "1",
      type: "subscribe",
      payload: { query: mark, variables: { id } },
    });
    return { socket, said };
  }

  it("is not ready any more, finishes a write and answers it, then closes sockets with 1001 and exits with 0", async () => {
    const url = await database();
    const { userId, message, release } = await blockedMark(url);
    const server = await serve({ DATABASE_URL: url });
    const { socket, said } = await markOverSocket(server, userId, message.id);
    await untilBlocked(url);
    server.process.kill("SIGTERM");
    const ready = new URL("/readyz", server.url);
    await vi.waitUntil(async () => (await fetch(ready)).status === 503);
    // Who comes now is sent away, and who asks over HTTP is still answered.
    const late = new WebSocket(socket.url, "graphql-transport-ws");
    expect(String(await once(late, "error"))).toContain("503");
    const asked = await postAs(server, userId, "{ viewer { id } }");
    expect(await asked.json()).toEqual({ data: { viewer: { id: userId } } });
    const closed = once(socket, "close");
    await release();
    const [code] = (await closed) as [number];
    expect(code).toBe(1_001);
    expect(said[1]).toContain('"changed":true');
    expect(await server.ended).toEqual([0, null]);
  });

  it("exits with 0 within 10 seconds also where a write can't be finished", async () => {
    const url = await database();
    const { userId, message } = await blockedMark(url);
    const server = await serve({ DATABASE_URL: url });
    const answer = postAs(server, userId, mark, { id: message.id }).catch(
      () => null,
    );
    await untilBlocked(url);
    const begun = performance.now();
    server.process.kill("SIGTERM");
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(10_000);
    await answer;
  });

  it("does not wait for the rest of its grace once a request on a kept connection is answered", async () => {
    const url = await database();
    const { userId, message, release } = await blockedMark(url);
    const server = await serve({ DATABASE_URL: url });
    const answer = postAs(server, userId, mark, { id: message.id });
    await untilBlocked(url);
    server.process.kill("SIGTERM");
    await release();
    expect(await (await answer).text()).toContain('"changed":true');
    const answered = performance.now();
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - answered).toBeLessThan(3_000);
  });

  it("ends a write over a socket that can't be finished, and the embedded Postgres with it", async () => {
    const dataDir = await temporaryDirectory();
    // The secret of development: with one that is given there is no demo.
    await writeFile(join(dataDir, "jwt-secret"), testSecret);
    const server = await serve({
      ...{ DATA_DIR: dataDir, DEMO: "true", AUTH_JWT_SECRET: "" },
    });
    const url = await embeddedUrl(dataDir);
    const blocker = postgres(url, { max: 1 });
    const held = await blocker.reserve();
    cleanups.push(() => blocker.end({ timeout: 0 }));
    await held`begin`;
    await held`select from conversations where id = 'demo' for update`;
    const answer = await postAs(
      server,
      "bob",
      `{ conversation(id: "demo") { messages(first: 1) { nodes { id } } } }`,
    );
    const { data } = (await answer.json()) as {
      data: { conversation: { messages: { nodes: [{ id: string }] } } };
    };
    const [{ id }] = data.conversation.messages.nodes;
    const { socket } = await markOverSocket(server, "bob", id);
    const closed = once(socket, "close");
    await untilBlocked(url);
    const begun = performance.now();
    server.process.kill("SIGTERM");
    expect((await closed)[0]).toBe(1_001);
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await isThere(join(dataDir, pidFile))).toBe(false);
  });

  it("exits with 0 in time also where the embedded Postgres is stuck", async () => {
    const dataDir = await temporaryDirectory();
    const server = await serve({ DATA_DIR: dataDir });
    const postgresPid = Number.parseInt(
      await readFile(join(dataDir, pidFile), "utf8"),
    );
    process.kill(postgresPid, "SIGSTOP");
    cleanups.push(() => Promise.resolve(process.kill(postgresPid, "SIGKILL")));
    const begun = performance.now();
    server.process.kill("SIGTERM");
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it("ends by itself with 1 where the embedded Postgres has ended and can't be started again", async () => {
    const dataDir = await temporaryDirectory();
    const server = await serve({ DATA_DIR: dataDir });
    const postgresPid = Number.parseInt(
      await readFile(join(dataDir, pidFile), "utf8"),
    );
    await rm(join(dataDir, "postgres/global/pg_control"));
    process.kill(postgresPid, "SIGKILL");
    expect(await server.ended).toEqual([1, null]);
  }, 90_000);

  it("while starting leaves no Postgres behind", async () => {
    const dataDir = await temporaryDirectory();
    const file = join(dataDir, pidFile);
    const ended = await endOfStart({ DATA_DIR: dataDir }, () =>
      vi.waitUntil(() => isThere(file), { timeout: 20_000, interval: 2 }),
    );
    expect(ended).toEqual([0, null]);
    expect(await isThere(file)).toBe(false);
  });

  it("while the start waits for another node's migrations ends it at once", async () => {
    const { url, drop } = await createTestDatabase("template1");
    cleanups.push(drop);
    const other = postgres(url, { max: 1 });
    cleanups.push(() => other.end());
    await other`select pg_advisory_lock(${migrationLock})`;
    let begun = 0;
    const ended = await endOfStart(
      { DATABASE_URL: url },
      async ({ stdout }) => {
        await untilSaid(stdout, "Another node migrates");
        begun = performance.now();
      },
    );
    expect(ended).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("while the start waits for a database that does not answer is no failure", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    cleanups.push(() => promisify(silent.close.bind(silent))());
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const ended = await endOfStart(
      { DATABASE_URL: `postgres://acked@127.0.0.1:${port}/acked` },
      async () => {
        const [peer] = (await once(silent, "connection")) as [Socket];
        cleanups.push(() => Promise.resolve(peer.destroy()));
      },
    );
    expect(ended).toEqual([0, null]);
  });
});

/** How a server ends that is sent SIGTERM while it starts, or right after. */
async function endOfStart(
  env: Record<string, string>,
  isTime: (child: ChildProcess) => Promise<unknown>,
): Promise<StartFailure["ended"]> {
  let signalled: Promise<unknown> | undefined;
  const starting = startServerProcess(fromSources, {
    env: { PORT: "0", AUTH_JWT_SECRET: testSecret, ...env },
    onSpawn: (child) => {
      signalled = isTime(child).finally(() => child.kill("SIGTERM"));
    },
  });
  // It had said that it is ready before the signal came, or it never did.
  const ended = starting.then(
    (server) => server.ended,
    (error: unknown) => {
      if (error instanceof StartFailure) return error.ended;
      throw error;
    },
  );
  await signalled;
  return ended;
}

/** Waits until a process has written a text. */
async function untilSaid(output: Readable | null, text: string): Promise<void> {
  let said = "";
  output?.on("data", (data: Buffer) => (said += data.toString()));
  await vi.waitUntil(() => said.includes(text), { timeout: 20_000 });
}

describe("stopping in turn", () => {
  it("tells every part, also after one that hangs and one that fails", async () => {
    const told: string[] = [];
    const part = (name: string, end: Promise<void>) => () => {
      told.push(name);
      return end;
    };
    const stopping = stopInTurn(
      [
        part("fine", Promise.resolve()),
        part("fails", Promise.reject(new Error("no"))),
        part("hangs", new Promise(() => undefined)),
        part("hangs as well", new Promise(() => undefined)),
        part("last", Promise.resolve()),
      ],
      50,
    );
    await expect(stopping).rejects.toThrow("not everything");
    expect(told).toEqual(["fine", "fails", "hangs", "hangs as well", "last"]);
  });
});
