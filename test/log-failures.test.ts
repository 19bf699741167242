import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { createLog } from "../src/log/log.js";
import { cleanupsAfterEachTest, databaseForFile } from "./support/for-file.js";
import { logLines } from "./support/log-lines.js";
import { openNetwork } from "./support/network.js";
import { RawSocket } from "./support/raw-socket.js";
import { fromSources, startServerProcess } from "./support/server-process.js";
import { startTestServer, testSecret } from "./support/server.js";
import { waitFor } from "./support/wait.js";

// Every kind of failure beside those of test/log.test.ts, with the log at its most talkative. Each test
// plants texts wherever a client can put one, and then looks for them in all that was logged.

const cleanups = cleanupsAfterEachTest();
const database = databaseForFile();

/** The beginning of every planted text. */
const mark = "planted";

/** A text that stands nowhere else. It is a good name in GraphQL too. */
const planted = (what: string) =>
  `${mark}_${what}_${randomUUID().replaceAll("-", "")}`;

/** A server whose log is kept, from level trace on. */
async function startLogged(
  env: Record<string, string> = {},
  settings: Parameters<typeof startTestServer>[1] = {},
) {
  const taken = logLines();
  const server = await startTestServer(
    { DATABASE_URL: database.url, ...env },
    settings,
    createLog({ level: "trace" }, taken.output),
  );
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await server.close();
    isClosed = true;
  };
  cleanups.push(close);
  return { server, taken, close };
}

/** The password of the tests' Postgres is in no log either. */
function expectNoneIn(text: string, ...contents: readonly string[]): void {
  expect(text).not.toContain(mark);
  const { password } = new URL(database.url);
  for (const content of [...contents, password].filter((each) => each !== ""))
    expect(text).not.toContain(content);
}

const create = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } }
}`;
const send = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id } }
}`;

it("documents and variables that are wrong in any way stand in no log", async () => {
  const { server, taken, close } = await startLogged();
  const token = await server.token(planted("user"), { name: planted("name") });
  const authorization = `Bearer ${token}`;
  const text = planted("text");
  const nested = (depth: number) =>
    `{ ${"viewer { ".repeat(depth)}${text}${" }".repeat(depth)} }`;
  const bad: [string, unknown?][] = [
    [`{ ${text} }`],
    [`{ viewer { id(${text}: "${text}") @${text} } }`],
    [`query ${text} { viewer { ...${text} } }`],
    [`{ viewer { id } `.concat(text)],
    [nested(4_000)],
    // graphql-js's own rule throws here, which Apollo Server calls an unexpected error.
    [
      `subscription ($d: Boolean!) { messageAdded(conversationId: "${text}") @skip(if: $d) { cursor } ${text}: messageAdded { cursor } }`,
      { d: true },
    ],
    [create, { input: { title: text, [text]: text } }],
    [create, { input: { title: text, participantIds: { [text]: text } } }],
    [create, { input: { id: `${text}\0`, participantIds: [], title: text } }],
    [send, { input: { conversationId: text, clientId: text, body: text } }],
    [send, { input: text }],
    [send, text],
    [
      `query ($after: Cursor!) { statusChanges(after: $after) { endCursor } }`,
      { after: text },
    ],
  ];
  for (const [query, variables] of bad) {
    const answer = await server.post(
      { authorization },
      { query, variables, operationName: null, extensions: { [text]: text } },
    );
    expect(answer.errors).toBeDefined();
    const socket = await RawSocket.admitted(server.wsUrl, token);
    socket.send({ id: text, type: "subscribe", payload: { query, variables } });
    // It may be closed instead.
    await socket.settled().catch(() => undefined);
    socket.terminate();
  }
  await server.post({ authorization }, { query: text, [text]: text });
  await server.post(
    { authorization },
    {
      query: `query a { viewer { id } }`,
      operationName: text,
    },
  );
  await close();
  expectNoneIn(taken.text, token);
});

it("what breaks the protocol of a socket stands in no log", async () => {
  const { server, taken, close } = await startLogged();
  const token = await server.token(planted("user"));
  const text = planted("frame");
  const init = JSON.stringify({
    type: "connection_init",
    payload: { authorization: `Bearer ${token}`, [text]: text },
  });
  const badInit = JSON.stringify({
    type: "connection_init",
    payload: { authorization: text },
  });
  const messages = [
    [`{"type": ${text}`],
    [JSON.stringify({ type: text, id: text })],
    [JSON.stringify({ type: "next", id: text, payload: { data: text } })],
    [JSON.stringify({ type: "subscribe", id: text, payload: { query: text } })],
    [badInit],
    [init, JSON.stringify({ type: "connection_ack", payload: { [text]: 1 } })],
    [init, JSON.stringify({ type: "error", id: text, payload: [] })],
    [init, JSON.stringify({ type: "complete", id: { [text]: text } })],
    [init, init],
    [init, Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28])])],
    [init, JSON.stringify({ type: text, payload: "x".repeat(2_200_000) })],
  ];
  for (const [first = "", second] of messages) {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    socket.on("error", () => undefined);
    const closed = once(socket, "close");
    await once(socket, "open");
    socket.send(first);
    if (second !== undefined) {
      await once(socket, "message");
      socket.send(second, { binary: false });
    }
    const [code] = (await closed) as [number];
    expect(code).toBeGreaterThanOrEqual(1_007);
  }
  await close();
  expectNoneIn(taken.text, token);
});

it("tokens that are not good, and an issuer that is away, stand in no log", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const answers = ["nothing", planted("issuer"), JSON.stringify({ keys: [] })];
  let answer = 0;
  const issuer = createServer((_, response) => {
    response.statusCode = answer === 0 ? 500 : 200;
    response.end(answers[answer]);
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => issuer.close(resolve)));
  const { port } = issuer.address() as AddressInfo;
  const { server, taken, close } = await startLogged({
    AUTH_JWT_SECRET: "",
    AUTH_JWKS_URL: `http://127.0.0.1:${port}/${planted("path")}`,
  });
  const jwt = await new SignJWT({ name: planted("name") })
    .setProtectedHeader({ alg: "ES256", kid: planted("kid") })
    .setSubject(planted("subject"))
    .setExpirationTime("1h")
    .sign(privateKey);
  const ask = async (authorization: string) =>
    (await server.post({ authorization }, { query: "{ viewer { id } }" }))
      .errors?.[0]?.extensions?.code;
  expect(await ask(`Bearer ${jwt}`)).toBe("UNAVAILABLE");
  answer = 1;
  expect(await ask(`Bearer ${jwt}`)).toBe("UNAVAILABLE");
  const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
  await once(socket, "open");
  socket.send(
    JSON.stringify({
      type: "connection_init",
      payload: { authorization: `Bearer ${jwt}` },
    }),
  );
  expect((await once(socket, "close"))[0]).toBe(1_013);
  answers[2] = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: planted("key") }],
  });
  answer = 2;
  for (const bad of [`${jwt}x`, planted("token"), `${mark}.${mark}.${mark}`])
    expect(await ask(`Bearer ${bad}`)).toBe("UNAUTHENTICATED");
  await close();
  expectNoneIn(taken.text, jwt, ...jwt.split("."));
});

it("a bus that is away is told of without the notices that it held or where it is", async () => {
  const network = await openNetwork(
    `http://127.0.0.1:${new URL(database.url).port}`,
  );
  cleanups.push(() => network.close());
  const through = new URL(database.url);
  through.port = String(network.port);
  const { server, taken, close } = await startLogged({
    BUS_URL: through.href,
  });
  const [alice, bob] = [planted("alice"), planted("bob")];
  const id = planted("conversation");
  const title = planted("title");
  await server.execute(alice, create, {
    input: { id, title, participantIds: [bob] },
  });
  await network.cut();
  await waitFor(() => expect(taken.text).toContain("the bus is away"));
  for (let i = 0; i < 20; i++)
    await server.execute(alice, send, {
      input: { conversationId: id, clientId: planted("client"), body: title },
    });
  await network.restore();
  await waitFor(() => expect(taken.text).toContain("the bus is back"));
  await close();
  expectNoneIn(taken.text);
});

it("of a conversation the log holds its id, in a field of its own, and nothing else", async () => {
  const { server, taken, close } = await startLogged({}, { sweepMs: 300 });
  const id = planted("conversation");
  const [alice, bob, body] = [planted("alice"), planted("bob"), planted("b")];
  await server.execute(alice, create, {
    input: { id, title: planted("title"), participantIds: [bob] },
  });
  const events = server
    .connect(bob)
    .subscribe(`subscription { messageAdded { message { body } } }`);
  // Of what Bob sent, and he sends nothing: each event is withheld, and the log says so.
  const own = server
    .connect(bob)
    .subscribe(
      `subscription ($id: ID) { messageStatusChanged(conversationId: $id, sentByViewer: true) { cursor } }`,
      { id },
    );
  await waitFor(async () => {
    const { data } = await server.execute<{
      sendMessage: { message: { id: string } };
    }>(alice, send, {
      input: { conversationId: id, clientId: planted("client"), body },
    });
    await server.execute(
      bob,
      `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`,
      { id: data?.sendMessage.message.id },
    );
    expect(events.all.length).toBeGreaterThan(0);
    expect(taken.lines.some((line) => line["conversationId"] === id)).toBe(
      true,
    );
  });
  events.stop();
  own.stop();
  await close();
  const withoutIds = taken.lines.map(({ conversationId, ...line }) => {
    expect([undefined, null, id]).toContain(conversationId);
    return line;
  });
  expectNoneIn(JSON.stringify(withoutIds));
});

it("an error that nothing caught ends the process, and its text stands in no output", async () => {
  for (const failure of [
    "Promise.reject(new Error(text))",
    "Promise.reject(text)",
    "setImmediate(() => { throw Object.assign(new TypeError(text), { detail: text, parameters: [text] }); })",
  ]) {
    const text = planted("unhandled");
    const trap = `data:text/javascript,${encodeURIComponent(
      `const text = ${JSON.stringify(text)}; process.on("SIGUSR2", () => { ${failure}; });`,
    )}`;
    const dataDir = await mkdtemp(join(tmpdir(), "acked-log-"));
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
    let output = "";
    const server = await startServerProcess(
      ["--import", trap, ...fromSources],
      {
        env: {
          PORT: "0",
          DATABASE_URL: database.url,
          DATA_DIR: dataDir,
          AUTH_JWT_SECRET: testSecret,
          LOG_LEVEL: "trace",
        },
        onSpawn: ({ stdout, stderr }) => {
          for (const stream of [stdout, stderr])
            stream?.on("data", (data: Buffer) => (output += data.toString()));
        },
      },
    );
    cleanups.push(() => server.kill());
    server.process.kill("SIGUSR2");
    expect(await server.ended).toEqual([1, null]);
    expect(output).toContain("an error that nothing caught");
    expectNoneIn(output, testSecret);
  }
}, 120_000);
