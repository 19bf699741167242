import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator } from "../src/auth/token.js";
import { explain, exitCodeOf } from "../src/cli/failure.js";
import { ConfigError, readConfig } from "../src/config/config.js";
import { startServer } from "../src/server.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import {
  fromSources,
  StartFailure,
  startServerProcess,
} from "./support/server-process.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
  type TestServer,
} from "./support/server.js";

// How a node starts, and what it is asked for that it must not end of.

const cleanups = cleanupsAfterEachTest();

async function database(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  return url;
}

describe("what a node is asked to upgrade", () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    cleanups.push(() => server.close());
  });

  const upgrade = (target: string) =>
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  /** A socket of somebody who writes what they like, and may keep their side open. */
  function dial(allowHalfOpen = false): Socket {
    const { hostname, port } = new URL(server.url);
    const stream = connect({
      host: hostname,
      port: Number(port),
      allowHalfOpen,
    });
    stream.on("error", () => undefined);
    cleanups.push(() => Promise.resolve(stream.destroy()));
    return stream;
  }

  it.each(["//", "http://[", "*", "http://elsewhere/graphql", "/graphqL", "/"])(
    "is refused at %s, and others go on being served",
    async (target) => {
      const stream = dial();
      let answer = "";
      stream.on("data", (bytes) => (answer += bytes.toString()));
      stream.write(upgrade(target));
      await once(stream, "close");
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    },
  );

  it("is refused for good: one who keeps the connection does not hold up a stop", async () => {
    const stream = dial(true);
    stream.resume();
    stream.write(upgrade("//"));
    await once(stream, "end");
    const begun = performance.now();
    await server.close();
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it("is refused to one who has gone, and others go on being served", async () => {
    for (let i = 0; i < 20; i++) {
      const stream = dial();
      await once(stream, "connect");
      stream.write(upgrade("//"), () => stream.resetAndDestroy());
      await once(stream, "close");
    }
    expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
  });

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

it("a picture that can't be stored is left out as well", async () => {
  const authenticate = createAuthenticator({
    keys: { kind: "secret", secret: testSecret },
    issuer: null,
    audience: null,
  });
  for (const picture of [
    "https://nul\0.example",
    "half \ud800",
    "x".repeat(3_000),
  ]) {
    const token = await new SignJWT({ name: "Odd", picture })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("odd")
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(testSecret));
    expect((await authenticate(`Bearer ${token}`)).profile).toEqual({
      id: "odd",
      displayName: "Odd",
      avatarUrl: null,
      issuedAtS: null,
    });
  }
});

describe("the demo's data", () => {
  const start = async (databaseUrl: string) => {
    const server = await startTestServer(
      { DATABASE_URL: databaseUrl },
      { demo: true },
    );
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

  it.each([
    { who: "others", maker: "zoe", participantIds: [] },
    { who: "its people", maker: "alice", participantIds: ["bob", "carol"] },
  ])(
    "leaves a conversation alone that $who have made under its name",
    async ({ maker, participantIds }) => {
      const url = await database();
      const before = await startTestServer({ DATABASE_URL: url });
      cleanups.push(() => before.close());
      const { errors } = await before.execute(
        maker,
        `mutation ($participantIds: [ID!]!) { createConversation(
          input: { id: "demo", title: "Ours", participantIds: $participantIds }
        ) { conversation { id } } }`,
        { participantIds },
      );
      expect(errors).toBeUndefined();
      const demo = await start(url);
      const { data } = await demo.execute(
        maker,
        `{ conversation(id: "demo") { title lastMessage { body } } }`,
      );
      expect(data).toEqual({
        conversation: { title: "Ours", lastMessage: null },
      });
    },
  );

  it("has its messages once, however often it starts", async () => {
    const url = await database();
    await start(url);
    const again = await start(url);
    const { data } = await again.execute<{
      conversation: { messages: { nodes: { seq: number }[] } };
    }>(
      "carol",
      `{ conversation(id: "demo") { messages(first: 9) { nodes { seq } } } }`,
    );
    expect(data?.conversation.messages.nodes).toEqual([{ seq: 1 }, { seq: 2 }]);
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
    const directory = await mkdtemp(join(tmpdir(), "acked-life-"));
    cleanups.push(() => rm(directory, { recursive: true }));
    const file = join(directory, "file");
    await writeFile(file, "");
    const impossible = [
      file,
      join(file, "below"),
      "/dev/null",
      "/proc/acked/x",
    ];
    for (const DATA_DIR of impossible) {
      const failure = await failureOf({ DATA_DIR });
      expect(failure).toBeInstanceOf(ConfigError);
      expect(explain(failure)).toMatch(/^The environment.*\n {2}DATA_DIR .*$/);
      expect(exitCodeOf(failure)).toBe(2);
    }
  });

  it.each([
    { name: "HOST", value: "203.0.113.9" },
    { name: "HOST", value: "not a host" },
    { name: "DATA_DIR", value: "/dev/null" },
  ])(
    "$name=$value ends `acked serve` with 2 and words",
    async ({ name, value }) => {
      const failure: unknown = await startServerProcess(fromSources, {
        env: {
          PORT: "0",
          AUTH_JWT_SECRET: testSecret,
          LOG_LEVEL: "silent",
          ...(name === "HOST" && { DATABASE_URL: await database() }),
          [name]: value,
        },
      }).catch((error: unknown) => error);
      if (!(failure instanceof StartFailure)) throw new Error("it started");
      expect(failure.ended).toEqual([2, null]);
      expect(failure.message).toContain(name);
      expect(failure.message).not.toMatch(/^\s+at /m);
      expect(failure.message).not.toContain("DATABASE_URL");
    },
  );
});
