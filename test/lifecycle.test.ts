import { once } from "node:events";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { signToken } from "../src/auth/token.js";
import { ConfigError, readConfig } from "../src/config.js";
import { startServer, type Server } from "../src/server.js";
import { Chat } from "./support/chat.js";
import {
  StartFailure,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
  type TestServer,
} from "./support/server.js";

// How a node starts and stops, as those see it who start and stop it.

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** `acked serve`, from its sources. */
async function serve(env: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess(
    ["--import", "tsx", "src/main.ts", "serve"],
    { env: { PORT: "0", AUTH_JWT_SECRET: testSecret, DEMO: "false", ...env } },
  );
  cleanups.push(() => server.kill());
  return server;
}

async function database(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  return url;
}

async function post(
  { url }: Pick<Server, "url">,
  userId: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Response> {
  const token = await signToken(testSecret, { userId, ttlSeconds: 600 });
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
  });
}

describe("what a node is asked to upgrade", () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    cleanups.push(() => server.close());
  });

  it.each(["//", "http://[", "*", "http://elsewhere/graphql", "/graphqL", "/"])(
    "is refused at %s, and others go on being served",
    async (target) => {
      const { hostname, port } = new URL(server.url);
      const stream = connect(Number(port), hostname);
      stream.on("error", () => undefined);
      let answer = "";
      stream.on("data", (bytes) => (answer += bytes.toString()));
      stream.write(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      );
      await once(stream, "close");
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    },
  );

  it("R28: a subscription over HTTP is the caller's mistake", async () => {
    const { errors, status } = await server.post<null>(
      { authorization: `Bearer ${await server.token("alice")}` },
      { query: "subscription { messageAdded { cursor } }" },
    );
    expect(status).toBe(400);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining("WebSocket") as unknown,
      extensions: { code: "BAD_USER_INPUT" },
    });
  });
});

describe("a profile that can't be stored", () => {
  it("is left out of a token that is good otherwise, over HTTP and over sockets", async () => {
    const server = await startTestServer();
    cleanups.push(() => server.close());
    const query = "{ viewer { id displayName } }";
    for (const name of ["nul \0 in it", "half a pair \ud800"]) {
      const token = await server.token("odd", { name });
      const { data } = await server.post(
        { authorization: `Bearer ${token}` },
        { query },
      );
      expect(data).toEqual({ viewer: { id: "odd", displayName: null } });
      const socket = server.connect("odd", { name });
      expect((await socket.execute(query)).data).toEqual(data);
    }
    const long = await server.token("long", { name: "x".repeat(300) });
    const { data } = await server.post<{ viewer: { displayName: string } }>(
      { authorization: `Bearer ${long}` },
      { query },
    );
    expect(data?.viewer.displayName).toBe("x".repeat(256));
  });
});

describe("the demo's data", () => {
  const start = async (databaseUrl: string) => {
    const server = await startTestServer({
      DATABASE_URL: databaseUrl,
      DEMO: "true",
    });
    cleanups.push(() => server.close());
    return server;
  };

  it("is found again, also where one of its people has left", async () => {
    const url = await database();
    const first = await start(url);
    await first.execute(
      "bob",
      `mutation { removeParticipant(input: { conversationId: "demo", userId: "bob" }) { conversation { id } } }`,
    );
    const second = await start(url);
    const { data } = await second.execute<{ conversation: object | null }>(
      "bob",
      `{ conversation(id: "demo") { id } }`,
    );
    expect(data?.conversation).toBeNull();
  });

  it("leaves a conversation alone that others have made under its name", async () => {
    const url = await database();
    const before = await startTestServer({ DATABASE_URL: url });
    cleanups.push(() => before.close());
    await before.execute(
      "zoe",
      `mutation { createConversation(input: { id: "demo", title: "Ours", participantIds: [] }) { conversation { id } } }`,
    );
    const demo = await start(url);
    const { data } = await demo.execute(
      "zoe",
      `{ conversation(id: "demo") { title } }`,
    );
    expect(data).toEqual({ conversation: { title: "Ours" } });
  });
});

describe("settings that turn out to be wrong when they are used", () => {
  const failureOf = (env: Record<string, string>) =>
    startServer(
      readConfig({ PORT: "0", AUTH_JWT_SECRET: testSecret, ...env }),
      pino({ level: "silent" }),
    ).then(
      (server) => server.close(),
      (error: unknown) => error,
    );

  it("HOST that is no address here is named", async () => {
    for (const HOST of ["203.0.113.9", "no-such-host.invalid"]) {
      const failure = await failureOf({ HOST, DATABASE_URL: await database() });
      expect(failure).toBeInstanceOf(ConfigError);
      expect(String(failure)).toContain(`HOST ${HOST}`);
    }
  });

  it("HOST that can be no host's name is named with all else that is wrong", () => {
    const read = () => readConfig({ HOST: "not a host", PORT: "x" });
    expect(read).toThrow(/HOST must[^]*PORT must/);
  });

  it("DATA_DIR that is no directory is named", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "acked-life-")), "file");
    await writeFile(file, "");
    for (const DATA_DIR of [file, join(file, "below")]) {
      const failure = await failureOf({ DATA_DIR });
      expect(failure).toBeInstanceOf(ConfigError);
      expect(String(failure)).toContain("DATA_DIR");
    }
  });

  it("DEMO is off in production, whatever it says", () => {
    const { demo } = readConfig({
      NODE_ENV: "production",
      AUTH_JWT_SECRET: testSecret,
      DEMO: "true",
    });
    expect(demo).toBe(false);
  });
});

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
      { timeout: 5_000 },
    );
    await watcher.end();
  }

  it("is not ready any more, finishes a write and answers it, then closes sockets with 1001 and exits with 0", async () => {
    const url = await database();
    const { userId, message, release } = await blockedMark(url);
    const server = await serve({ DATABASE_URL: url });
    const socket = new WebSocket(
      server.url.replace("http", "ws"),
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
      payload: { query: mark, variables: { id: message.id } },
    });
    await untilBlocked(url);
    server.process.kill("SIGTERM");
    const ready = new URL("/readyz", server.url);
    await vi.waitUntil(async () => (await fetch(ready)).status === 503);
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
    const answer = post(server, userId, mark, { id: message.id }).catch(
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
    const answer = post(server, userId, mark, { id: message.id });
    await untilBlocked(url);
    server.process.kill("SIGTERM");
    await release();
    expect(await (await answer).text()).toContain('"changed":true');
    const answered = performance.now();
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - answered).toBeLessThan(3_000);
  });

  it("while starting comes after the start, and leaves no Postgres behind", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "acked-life-"));
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
    const pidFile = join(dataDir, "postgres/postmaster.pid");
    const isThere = () =>
      access(pidFile).then(
        () => true,
        () => false,
      );
    const starting = startServerProcess(
      ["--import", "tsx", "src/main.ts", "serve"],
      {
        env: { PORT: "0", DATA_DIR: dataDir },
        onSpawn: (child) => {
          void vi
            .waitUntil(isThere, { timeout: 20_000, interval: 2 })
            .then(() => child.kill("SIGTERM"));
        },
      },
    );
    // It had said that it is ready before the signal came, or it never did.
    const ended = await starting.then(
      (server) => server.ended,
      (error: unknown) => {
        if (error instanceof StartFailure) return error.ended;
        throw error;
      },
    );
    expect(ended).toEqual([0, null]);
    expect(await isThere()).toBe(false);
    expect(await readFile(pidFile, "utf8").catch(() => "gone")).toBe("gone");
  });
});
