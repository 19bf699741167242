import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import {
  SignJWT,
  UnsecuredJWT,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type CryptoKey,
} from "jose";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../src/embedded-postgres/free-port.js";
import { signToken } from "../src/auth/token.js";
import { readConfig } from "../src/config/config.js";
import { createLog } from "../src/log/log.js";
import { startServer } from "../src/server.js";
import { socketLimits } from "../src/transport/socket/limits.js";
import { Chat, codeOf, dataOf, type Message } from "./support/chat.js";
import { roomy } from "./support/fair.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { unsentMessageId } from "./support/message-ids.js";
import { startPostgresProxy } from "./support/postgres-proxy.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
  type Answer,
  type TestServer,
} from "./support/server.js";

const server = serverForFile({}, { fair: roomy });
const chat = chatForEachTest(server);
let database: Sql;
beforeAll(() => {
  database = postgres(server.databaseUrl, { max: 1 });
});
afterAll(() => database.end());

/** The codes of R28, and no others. */
const codes = [
  "UNAUTHENTICATED",
  "NOT_FOUND",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "CONFLICT",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
];

/** What the one error of an answer says of itself. */
function refusal(answer: Answer<unknown>) {
  const code = codeOf(answer);
  return {
    code,
    argumentPath: answer.errors?.[0]?.extensions?.["argumentPath"],
  };
}

/** All that is stored, as a count and a checksum of each table. */
async function everythingStored(): Promise<unknown> {
  const tables = [
    "users",
    "conversations",
    "participants",
    "messages",
    "message_keys",
    "receipt_log",
  ];
  return await database.unsafe(
    tables
      .map(
        (table) => `select '${table}' as table, count(*)::int as rows,
          sum(hashtextextended(row::text, 0)) as checksum from ${table} as row`,
      )
      .join(" union all "),
  );
}

/** Asks, and makes sure that nothing was stored by it. */
async function refused(
  name: string,
  document: string,
  variables: Record<string, unknown> = {},
) {
  await chat.get(name, "{ viewer { id } }");
  const before = await everythingStored();
  const answer = await chat.ask(name, document, variables);
  expect(await everythingStored()).toEqual(before);
  return refusal(answer);
}

const sendIt = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { duplicate message { id body } }
}`;
const syncThem = `mutation ($receipts: [ReceiptInput!]!) {
  syncReceipts(input: { receipts: $receipts }) { results { messageId kind changed error } }
}`;

describe("R28: UNAUTHENTICATED", () => {
  const seconds = () => Math.floor(Date.now() / 1_000);
  const hmac = (secret: string) => new TextEncoder().encode(secret);

  async function ask(on: TestServer, authorization?: string) {
    const { data, errors } = await on.post<{ viewer: { id: string } }>(
      authorization === undefined ? {} : { authorization },
      { query: "{ viewer { id } }" },
    );
    return { data, ...(errors && { errors }) };
  }

  const badTokens: Record<string, () => string | Promise<string>> = {
    "an empty one": () => "",
    "no token at all but words": () => "let me in",
    "something with dots": () => "a.b.c",
    "an expired one": () =>
      signToken(testSecret, { userId: "alice", ttlSeconds: -1 }),
    "one that was signed with another secret": () =>
      signToken("another secret of at least thirty-two bytes!!", {
        userId: "alice",
        ttlSeconds: 60,
      }),
    "one without a signature (alg none)": () =>
      new UnsecuredJWT({}).setSubject("alice").setExpirationTime("1h").encode(),
    "one of another algorithm with the right secret": () =>
      new SignJWT({})
        .setProtectedHeader({ alg: "HS512" })
        .setSubject("alice")
        .setExpirationTime("1h")
        .sign(hmac(testSecret)),
    "one without exp": () =>
      new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setSubject("alice")
        .sign(hmac(testSecret)),
    "one without sub": () =>
      new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime("1h")
        .sign(hmac(testSecret)),
    "one that is not good yet": () =>
      new SignJWT({ nbf: seconds() + 3_600 })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject("alice")
        .setExpirationTime("2h")
        .sign(hmac(testSecret)),
    "one for an empty id": () =>
      signToken(testSecret, { userId: "", ttlSeconds: 60 }),
    "one for an id of 129 characters": () =>
      signToken(testSecret, { userId: "x".repeat(129), ttlSeconds: 60 }),
    "one for an id with NUL": () =>
      signToken(testSecret, { userId: "a\0b", ttlSeconds: 60 }),
    "one for an id with half a surrogate pair": () =>
      signToken(testSecret, { userId: "a\ud83db", ttlSeconds: 60 }),
    "one whose payload was changed after signing": async () => {
      const token = await signToken(testSecret, {
        userId: "mallory",
        ttlSeconds: 60,
      });
      const [header, payload, signature] = token.split(".");
      const claims = JSON.parse(
        Buffer.from(payload ?? "", "base64url").toString(),
      ) as Record<string, unknown>;
      const forged = Buffer.from(
        JSON.stringify({ ...claims, sub: "alice" }),
      ).toString("base64url");
      return [header, forged, signature].join(".");
    },
  };

  it("R28: a good token passes, over HTTP and over a socket", async () => {
    const token = await server.token("alice");
    expect(await ask(server, `Bearer ${token}`)).toEqual({
      data: { viewer: { id: "alice" } },
    });
    expect(
      await server.connect("alice").execute("{ viewer { id } }"),
    ).toMatchObject({ data: { viewer: { id: "alice" } } });
  });

  it("R28: no token is UNAUTHENTICATED", async () => {
    expect(codeOf(await ask(server))).toBe("UNAUTHENTICATED");
  });

  it("R28: a token without Bearer is UNAUTHENTICATED", async () => {
    expect(codeOf(await ask(server, await server.token("alice")))).toBe(
      "UNAUTHENTICATED",
    );
  });

  it.each(Object.entries(badTokens))(
    "R28: %s is UNAUTHENTICATED, and shows nothing",
    async (_, token) => {
      const answer = await ask(server, `Bearer ${await token()}`);
      expect(codeOf(answer)).toBe("UNAUTHENTICATED");
      expect(answer.data ?? null).toBeNull();
    },
  );

  it.each(Object.entries(badTokens))(
    "R28: over a socket %s is closed with 4403",
    async (_, token) => {
      const authorization = `Bearer ${await token()}`;
      expect(await closeCodeFor({ authorization })).toBe(4_403);
    },
  );

  it("R28: a socket without a token is closed with 4403", async () => {
    expect(await closeCodeFor({})).toBe(4_403);
  });

  it("R28: a bad token makes no mutation either", async () => {
    await chat.conversation("alice", "bob");
    const before = await everythingStored();
    const token = await server.token(chat.id("alice"), { ttlSeconds: -1 });
    const answer = await server.post(
      { authorization: `Bearer ${token}` },
      {
        query: sendIt,
        variables: {
          input: { conversationId: chat.conversationId, clientId: "a1" },
        },
      },
    );
    expect(codeOf(answer)).toBe("UNAUTHENTICATED");
    expect(await everythingStored()).toEqual(before);
  });

  /** How the server closes a socket that says this at its start. */
  async function closeCodeFor(
    payload: Record<string, string>,
  ): Promise<number> {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    const closed = new Promise<number>((resolve, reject) => {
      socket.once("close", (code) => {
        resolve(code);
      });
      socket.once("error", reject);
      socket.once("message", (data) => {
        reject(new Error(`was let in: ${(data as Buffer).toString()}`));
      });
    });
    socket.once("open", () => {
      socket.send(JSON.stringify({ type: "connection_init", payload }));
    });
    return closed.finally(() => {
      socket.terminate();
    });
  }

  describe("with AUTH_ISSUER and AUTH_AUDIENCE", () => {
    const right = {
      issuer: "https://issuer.example",
      audience: "acked.example",
    };
    const strict = serverForFile({
      AUTH_ISSUER: right.issuer,
      AUTH_AUDIENCE: right.audience,
    });

    it("R28: a token of that issuer for that audience passes", async () => {
      const token = await strict.token("alice", right);
      expect(await ask(strict, `Bearer ${token}`)).toEqual({
        data: { viewer: { id: "alice" } },
      });
    });

    it.each([
      { what: "another issuer's", claims: { ...right, issuer: "https://x" } },
      { what: "another audience's", claims: { ...right, audience: "x" } },
      { what: "nobody's", claims: { ...right, issuer: null } },
      { what: "for nobody", claims: { ...right, audience: null } },
    ])("R28: one that is $what is UNAUTHENTICATED", async ({ claims }) => {
      const token = await strict.token("alice", claims);
      expect(codeOf(await ask(strict, `Bearer ${token}`))).toBe(
        "UNAUTHENTICATED",
      );
    });
  });

  describe("with AUTH_JWKS_URL", () => {
    const algorithms = ["RS256", "ES256", "EdDSA"] as const;
    type Algorithm = (typeof algorithms)[number];
    const keys = new Map<
      Algorithm,
      { publicKey: CryptoKey; privateKey: CryptoKey }
    >();
    let issuer: HttpServer;
    let withJwks: TestServer;
    beforeAll(async () => {
      for (const alg of algorithms)
        keys.set(alg, await generateKeyPair(alg, { extractable: true }));
      const jwks = JSON.stringify({
        keys: await Promise.all(
          [...keys].map(async ([alg, { publicKey }]) => ({
            ...(await exportJWK(publicKey)),
            kid: alg,
            alg,
            use: "sig",
          })),
        ),
      });
      issuer = createServer((_, response) => {
        response.setHeader("content-type", "application/json");
        response.end(jwks);
      });
      await new Promise<void>((resolve) => {
        issuer.listen(0, "127.0.0.1", resolve);
      });
      const { port } = issuer.address() as AddressInfo;
      withJwks = await startTestServer({
        AUTH_JWT_SECRET: "",
        AUTH_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
      });
    });
    afterAll(async () => {
      await withJwks.close();
      issuer.closeAllConnections();
      await new Promise((resolve) => issuer.close(resolve));
    });

    const keyOf = (alg: Algorithm) => {
      const pair = keys.get(alg);
      if (!pair) throw new Error(`no key for ${alg}`);
      return pair;
    };
    const claims = () => new SignJWT({}).setSubject("alice");

    it.each(algorithms)("R28: a token signed with %s passes", async (alg) => {
      const token = await claims()
        .setProtectedHeader({ alg, kid: alg })
        .setExpirationTime("1h")
        .sign(keyOf(alg).privateKey);
      expect(await ask(withJwks, `Bearer ${token}`)).toEqual({
        data: { viewer: { id: "alice" } },
      });
    });

    it.each(algorithms)(
      "R28: an expired token signed with %s is UNAUTHENTICATED",
      async (alg) => {
        const token = await claims()
          .setProtectedHeader({ alg, kid: alg })
          .setExpirationTime(seconds() - 1)
          .sign(keyOf(alg).privateKey);
        expect(codeOf(await ask(withJwks, `Bearer ${token}`))).toBe(
          "UNAUTHENTICATED",
        );
      },
    );

    it.each(algorithms)(
      "R28: one signed with a key of one's own for %s is UNAUTHENTICATED",
      async (alg) => {
        const { privateKey } = await generateKeyPair(alg);
        const token = await claims()
          .setProtectedHeader({ alg, kid: alg })
          .setExpirationTime("1h")
          .sign(privateKey);
        expect(codeOf(await ask(withJwks, `Bearer ${token}`))).toBe(
          "UNAUTHENTICATED",
        );
      },
    );

    it.each(algorithms)(
      "R28: HS256 with the public %s key as the secret is UNAUTHENTICATED",
      async (alg) => {
        const { publicKey } = keyOf(alg);
        for (const secret of [
          await exportSPKI(publicKey),
          JSON.stringify(await exportJWK(publicKey)),
        ]) {
          const token = await claims()
            .setProtectedHeader({ alg: "HS256", kid: alg })
            .setExpirationTime("1h")
            .sign(hmac(secret));
          expect(codeOf(await ask(withJwks, `Bearer ${token}`))).toBe(
            "UNAUTHENTICATED",
          );
        }
      },
    );

    it("R28: alg none is UNAUTHENTICATED", async () => {
      const token = new UnsecuredJWT({})
        .setSubject("alice")
        .setExpirationTime("1h")
        .encode();
      expect(codeOf(await ask(withJwks, `Bearer ${token}`))).toBe(
        "UNAUTHENTICATED",
      );
    });

    it("R28: a token by the development secret is UNAUTHENTICATED", async () => {
      const token = await server.token("alice");
      expect(codeOf(await ask(withJwks, `Bearer ${token}`))).toBe(
        "UNAUTHENTICATED",
      );
    });

    it("R28: where the issuer's keys can't be had, a good token is UNAVAILABLE: the client should retry, not log out", async () => {
      const nobodyListens = await freePort();
      const cutOff = await startTestServer({
        AUTH_JWT_SECRET: "",
        AUTH_JWKS_URL: `http://127.0.0.1:${nobodyListens}/jwks.json`,
      });
      const token = await claims()
        .setProtectedHeader({ alg: "ES256", kid: "ES256" })
        .setExpirationTime("1h")
        .sign(keyOf("ES256").privateKey);
      const answer = await ask(cutOff, `Bearer ${token}`);
      await cutOff.close();
      expect(codeOf(answer)).toBe("UNAVAILABLE");
    });
  });
});

describe("R29: past a limit is BAD_USER_INPUT, and nothing is stored", () => {
  const bodies = {
    "ASCII text": "x",
    "two-byte characters": "é",
    "three-byte characters": "世",
    "four-byte characters": "👋",
    "characters that JSON escapes": "\u0001",
  };
  const ofBytes = (character: string, bytes: number) => {
    const whole = character.repeat(
      Math.floor(bytes / Buffer.byteLength(character)),
    );
    return whole + "x".repeat(bytes - Buffer.byteLength(whole));
  };

  it.each(Object.entries(bodies))(
    "R29: a body of 65,536 bytes of %s is stored whole, and one byte more is refused",
    async (_, character) => {
      const conversationId = await chat.conversation("alice", "bob");
      const body = ofBytes(character, 65_536);
      await chat.say("alice", body);
      expect(await chat.hears("bob")).toEqual([body]);
      expect(
        await refused("alice", sendIt, {
          input: {
            conversationId,
            clientId: "a1",
            body: ofBytes(character, 65_537),
          },
        }),
      ).toEqual({ code: "BAD_USER_INPUT", argumentPath: ["input", "body"] });
    },
  );

  it("R29: over a socket, too", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const socket = server.connect(chat.id("alice"));
    const send = (clientId: string, body: string) =>
      socket.execute<{ sendMessage: { message: Message } }>(sendIt, {
        input: { conversationId, clientId, body },
      });
    const stored = await send("a1", "\u0001".repeat(65_536));
    expect(dataOf(stored).sendMessage.message.body).toHaveLength(65_536);
    expect(refusal(await send("a2", "x".repeat(65_537)))).toEqual({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "body"],
    });
    expect(await chat.hears("bob")).toHaveLength(1);
  });

  it("R29: 500 marks are taken, 501 are refused and none of them is stored", async () => {
    await chat.conversation("alice", "bob");
    const { id: messageId } = await chat.say("alice");
    const receipts = (count: number) => ({
      receipts: Array.from({ length: count }, () => ({
        messageId,
        kind: "READ",
      })),
    });
    expect(await refused("bob", syncThem, receipts(501))).toEqual({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "receipts"],
    });
    const { syncReceipts } = await chat.get<{
      syncReceipts: { results: { changed: boolean }[] };
    }>("bob", syncThem, receipts(500));
    expect(syncReceipts.results).toHaveLength(500);
    expect(syncReceipts.results.filter(({ changed }) => changed)).toHaveLength(
      1,
    );
  });

  it.each([
    { field: "conversations", argument: "first", limit: 100 },
    { field: "statusChanges", argument: "first", limit: 100 },
    { field: "conversation.participants", argument: "first", limit: 100 },
    { field: "conversation.messages", argument: "first", limit: 100 },
    { field: "conversation.messages", argument: "last", limit: 100 },
    { field: "statusChanges.nodes.messages", argument: "last", limit: 100 },
    { field: "message.status.recipients", argument: "first", limit: 500 },
  ])(
    "R29: $field($argument: $limit) is answered, one more or less than none is refused",
    async ({ field, argument, limit }) => {
      const conversationId = await chat.conversation("alice", "bob");
      const after = await chat.cursor("alice");
      const message = await chat.say("alice");
      await chat.read("bob", message);
      const documents: Record<string, string> = {
        conversations: "conversations(first: $count) { nodes { id } }",
        statusChanges:
          "statusChanges(after: $after, first: $count) { endCursor }",
        "conversation.participants":
          "conversation(id: $c) { participants(first: $count) { totalCount } }",
        "conversation.messages": `conversation(id: $c) { messages(${argument}: $count) { nodes { id } } }`,
        "statusChanges.nodes.messages":
          "statusChanges(after: $after) { nodes { messages(last: $count) { id } } }",
        "message.status.recipients":
          "message(id: $m) { status { recipients(first: $count) { totalCount } } }",
      };
      const selection = documents[field] ?? "";
      const document = `query (${[
        "$count: Int!",
        ...(selection.includes("$after") ? ["$after: Cursor!"] : []),
        ...(selection.includes("$c)") ? ["$c: ID!"] : []),
        ...(selection.includes("$m)") ? ["$m: ID!"] : []),
      ].join(", ")}) { ${selection} }`;
      const variables = { after, c: conversationId, m: message.id };
      await chat.get("alice", document, { ...variables, count: limit });
      for (const count of [limit + 1, -1])
        expect(
          await refused("alice", document, { ...variables, count }),
        ).toEqual({ code: "BAD_USER_INPUT", argumentPath: [argument] });
    },
  );

  const long = "x".repeat(129);
  it.each([
    {
      where: "sendMessage.clientId",
      document: sendIt,
      variables: { input: { conversationId: "c", clientId: long } },
      argumentPath: ["input", "clientId"],
    },
    {
      where: "sendMessage.conversationId",
      document: sendIt,
      variables: { input: { conversationId: long, clientId: "a1" } },
      argumentPath: ["input", "conversationId"],
    },
    {
      where: "createConversation.id",
      document:
        "mutation ($id: ID!) { createConversation(input: { id: $id, participantIds: [] }) { conversation { id } } }",
      variables: { id: long },
      argumentPath: ["input", "id"],
    },
    {
      where: "removeParticipant.conversationId",
      document:
        'mutation ($id: ID!) { removeParticipant(input: { conversationId: $id, userId: "u" }) { conversation { id } } }',
      variables: { id: long },
      argumentPath: ["input", "conversationId"],
    },
    {
      where: "removeParticipant.userId",
      document:
        'mutation ($id: ID!) { removeParticipant(input: { conversationId: "c", userId: $id }) { conversation { id } } }',
      variables: { id: long },
      argumentPath: ["input", "userId"],
    },
    {
      where: "addParticipants.conversationId",
      document:
        'mutation ($id: ID!) { addParticipants(input: { conversationId: $id, userIds: ["u"] }) { conversation { id } } }',
      variables: { id: long },
      argumentPath: ["input", "conversationId"],
    },
    ...["markDelivered", "markRead", "deleteMessage"].map((field) => ({
      where: `${field}.messageId`,
      document: `mutation ($id: ID!) { ${field}(input: { messageId: $id }) { message { id } } }`,
      variables: { id: long },
      argumentPath: ["input", "messageId"],
    })),
    ...["bulkMarkDelivered", "bulkMarkRead"].flatMap((field) => [
      {
        where: `${field}.upToMessageId`,
        document: `mutation ($id: ID!) { ${field}(input: { conversationId: "c", upToMessageId: $id }) { changed } }`,
        variables: { id: long },
        argumentPath: ["input", "upToMessageId"],
      },
      {
        where: `${field}.conversationId`,
        document: `mutation ($id: ID!, $m: ID!) { ${field}(input: { conversationId: $id, upToMessageId: $m }) { changed } }`,
        variables: {
          id: long,
          m: unsentMessageId({ conversationId: "c", seq: 1 }),
        },
        argumentPath: ["input", "conversationId"],
      },
    ]),
    ...["conversation", "message"].map((field) => ({
      where: `${field}(id)`,
      document: `query ($id: ID!) { ${field}(id: $id) { id } }`,
      variables: { id: long },
      argumentPath: ["id"],
    })),
    {
      where: "statusChanges(conversationId)",
      document:
        "query ($id: ID!, $after: Cursor!) { statusChanges(conversationId: $id, after: $after) { endCursor } }",
      variables: { id: long },
      argumentPath: ["conversationId"],
    },
  ])(
    "R29: an id of 129 characters in $where",
    async ({ document, variables, argumentPath }) => {
      await chat.conversation("alice", "bob");
      const after = await chat.cursor("alice");
      expect(
        await refused("alice", document, {
          ...variables,
          ...(document.includes("$after") && { after }),
        }),
      ).toEqual({
        code: "BAD_USER_INPUT",
        argumentPath,
      });
    },
  );

  it.each([
    {
      where: "createConversation.participantIds",
      document:
        "mutation ($ids: [ID!]!) { createConversation(input: { participantIds: $ids }) { conversation { id } } }",
      argument: "participantIds",
    },
    {
      where: "addParticipants.userIds",
      document:
        "mutation ($c: ID!, $ids: [ID!]!) { addParticipants(input: { conversationId: $c, userIds: $ids }) { conversation { id } } }",
      argument: "userIds",
    },
  ])(
    "R29: an id of 129 characters among others in $where",
    async ({ document, argument }) => {
      const c = await chat.conversation("alice", "bob");
      const { code, argumentPath } = await refused("alice", document, {
        ids: [chat.id("carol"), long],
        ...(document.includes("$c:") && { c }),
      });
      expect(code).toBe("BAD_USER_INPUT");
      expect(argumentPath).toEqual(
        expect.arrayContaining(["input", argument]) as unknown,
      );
    },
  );

  it.each(["messageStatusChanged", "messageAdded"])(
    "R29: an id of 129 characters in a subscription to %s",
    async (field) => {
      const events = server
        .connect(chat.id("alice"))
        .subscribe(
          `subscription ($id: ID) { ${field}(conversationId: $id) { cursor } }`,
          { id: long },
        );
      expect(refusal(await events.next())).toEqual({
        code: "BAD_USER_INPUT",
        argumentPath: ["conversationId"],
      });
    },
  );

  it("R29: ids of 128 characters are good everywhere, the ids of messages that carry them, too", async () => {
    const full = (name: string, character = "x") =>
      `${chat.id(name)}${character.repeat(128)}`.slice(0, 128);
    const id = full("conversation");
    await chat.get(
      "alice",
      "mutation ($id: ID!, $u: ID!) { createConversation(input: { id: $id, participantIds: [$u] }) { conversation { id } } }",
      { id, u: full("bob", "é") },
    );
    chat.conversationId = id;
    const clientId = full("client", "世");
    const { message } = await chat.send("alice", { clientId });
    expect(message.clientId).toBe(clientId);
    const marked = await server.execute(
      full("bob", "é"),
      "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }",
      { id: message.id },
    );
    expect(marked.data).toEqual({ markRead: { changed: true } });
  });
});

describe("R28: BAD_USER_INPUT names the argument, and nothing is stored", () => {
  it.each([
    { what: "NUL", text: "a\0b" },
    { what: "half a surrogate pair", text: "a\ud83db" },
  ])("R28: $what in a text", async ({ text }) => {
    const conversationId = await chat.conversation("alice", "bob");
    const input = { conversationId, clientId: "a1", body: "hi" };
    for (const field of ["body", "clientId", "type", "fileType"])
      expect(
        await refused("alice", sendIt, { input: { ...input, [field]: text } }),
      ).toEqual({ code: "BAD_USER_INPUT", argumentPath: ["input", field] });
    const create =
      "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }";
    for (const field of ["id", "title"])
      expect(
        await refused("alice", create, {
          input: { participantIds: [], [field]: text },
        }),
      ).toEqual({ code: "BAD_USER_INPUT", argumentPath: ["input", field] });
    const { code } = await refused("alice", create, {
      input: { participantIds: [text] },
    });
    expect(code).toBe("BAD_USER_INPUT");
  });

  it("R28: an empty clientId or conversation id of one's own", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    expect(
      await refused("alice", sendIt, {
        input: { conversationId, clientId: "" },
      }),
    ).toEqual({ code: "BAD_USER_INPUT", argumentPath: ["input", "clientId"] });
    expect(
      await refused(
        "alice",
        'mutation { createConversation(input: { id: "", participantIds: [] }) { conversation { id } } }',
      ),
    ).toEqual({ code: "BAD_USER_INPUT", argumentPath: ["input", "id"] });
  });

  it.each([
    { what: "NUL", id: "a\0b" },
    { what: "half a surrogate pair", id: "a\ud83db" },
    { what: "nothing", id: "" },
  ])(
    "R18: an id with $what names nothing: null, NOT_FOUND or BAD_USER_INPUT, and never an internal error",
    async ({ id }) => {
      const c = await chat.conversation("alice", "bob");
      const m = unsentMessageId({ conversationId: id, seq: 1 });
      const outcomes: Record<string, string | undefined> = {};
      const expected: Record<string, unknown> = {};
      for (const field of [
        "conversation(id: $id)",
        "message(id: $m)",
        "addParticipants(input: { conversationId: $id, userIds: [$c] })",
        "removeParticipant(input: { conversationId: $id, userId: $c })",
        "removeParticipant(input: { conversationId: $c, userId: $id })",
        'sendMessage(input: { conversationId: $id, clientId: "1" })',
        "deleteMessage(input: { messageId: $m })",
        "markDelivered(input: { messageId: $m })",
        "markRead(input: { messageId: $m })",
        "bulkMarkDelivered(input: { conversationId: $id, upToMessageId: $m })",
        "bulkMarkRead(input: { conversationId: $id, upToMessageId: $m })",
      ]) {
        const used = ["id", "m", "c"].filter((name) =>
          new RegExp(`\\$${name}\\b`).test(field),
        );
        const variables = used.map((name) => `$${name}: ID!`).join(", ");
        const isQuery = !field.includes("input");
        const answer = await chat.ask<Record<string, unknown>>(
          "alice",
          `${isQuery ? "query" : "mutation"} (${variables}) { ${field} { __typename } }`,
          { id, m, c },
        );
        outcomes[field] = answer.errors
          ? codeOf(answer)
          : JSON.stringify(Object.values(answer.data ?? {}));
        expected[field] = expect.stringMatching(
          isQuery
            ? /^(\[null\]|BAD_USER_INPUT)$/
            : /^(NOT_FOUND|BAD_USER_INPUT)$/,
        );
      }
      expect(outcomes).toEqual(expected);
    },
  );

  it("R18: an impossible id spoils nothing else that is asked for at the same moment", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const answer = await chat.ask<unknown>(
      "alice",
      `query ($noConversation: ID!, $noMessage: ID!, $conversation: ID!, $message: ID!) {
        noConversation: conversation(id: $noConversation) { id }
        noMessage: message(id: $noMessage) { id }
        conversation(id: $conversation) { id }
        message(id: $message) { id }
      }`,
      {
        noConversation: "a\0b",
        noMessage: unsentMessageId({ conversationId: "a\0b", seq: 1 }),
        conversation: chat.conversationId,
        message: message.id,
      },
    );
    expect(answer.data).toEqual({
      noConversation: null,
      noMessage: null,
      conversation: { id: chat.conversationId },
      message: { id: message.id },
    });
  });

  it("R18: somebody's impossible ids spoil nothing that others ask for at the same moment", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const document = "query ($id: ID!) { message(id: $id) { id } }";
    const devices = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const isGood = i % 2 === 0;
        const name = isGood ? "alice" : "mallory";
        const socket = server.connect(chat.id(name));
        await socket.execute("{ viewer { id } }");
        return { socket, isGood };
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, seq) =>
        devices.map(async ({ socket, isGood }) => {
          const id = isGood
            ? message.id
            : unsentMessageId({ conversationId: "a\0b", seq: seq + 1 });
          return { isGood, answer: await socket.execute(document, { id }) };
        }),
      ).flat(),
    );
    const spoiled = answers.filter(
      ({ isGood, answer }) => isGood && answer.errors,
    );
    expect(spoiled.map(({ answer }) => codeOf(answer))).toEqual([]);
  });

  const malformed = {
    "no cursor": "x",
    "an empty text": "",
    "other characters than a cursor has": "¡hola!",
    "another kind of value": Buffer.from("{}").toString("base64url"),
    "an unfinished value": Buffer.from('["c1",').toString("base64url"),
    "a cursor of no list": Buffer.from('["zz",1]').toString("base64url"),
    "a very long text": "x".repeat(10_000),
  };
  const places: {
    where: string;
    argument: string;
    selection: string;
    /** Whose cursors it takes. */
    own: "inbox" | "participants" | "messages" | "recipients" | "stream";
  }[] = [
    {
      where: "conversations",
      argument: "after",
      selection: "conversations(after: $cursor) { nodes { id } }",
      own: "inbox",
    },
    {
      where: "conversation.participants",
      argument: "after",
      selection:
        "conversation(id: $c) { participants(after: $cursor) { nodes { id } } }",
      own: "participants",
    },
    {
      where: "conversation.messages",
      argument: "after",
      selection:
        "conversation(id: $c) { messages(after: $cursor) { nodes { id } } }",
      own: "messages",
    },
    {
      where: "conversation.messages",
      argument: "before",
      selection:
        "conversation(id: $c) { messages(before: $cursor) { nodes { id } } }",
      own: "messages",
    },
    {
      where: "message.status.recipients",
      argument: "after",
      selection:
        "message(id: $m) { status { recipients(after: $cursor) { nodes { id } } } }",
      own: "recipients",
    },
    {
      where: "statusChanges",
      argument: "after",
      selection: "statusChanges(after: $cursor) { endCursor }",
      own: "stream",
    },
    {
      where: "statusChanges of one conversation",
      argument: "after",
      selection:
        "statusChanges(after: $cursor, conversationId: $c) { endCursor }",
      own: "stream",
    },
  ];

  /** A cursor of each list and of the stream, as the API gives them out. */
  async function genuineCursors(c: string, m: string) {
    const page = "(first: 1) { pageInfo { endCursor } }";
    interface Page {
      pageInfo: { endCursor: string };
    }
    const { conversations, conversation, message } = await chat.get<{
      conversations: Page;
      conversation: { cursor: string; participants: Page; messages: Page };
      message: { status: { recipients: Page } };
    }>(
      "alice",
      `query ($c: ID!, $m: ID!) {
        conversations${page}
        conversation(id: $c) { cursor participants${page} messages${page} }
        message(id: $m) { status { recipients${page} } }
      }`,
      { c, m },
    );
    return {
      inbox: conversations.pageInfo.endCursor,
      participants: conversation.participants.pageInfo.endCursor,
      messages: conversation.messages.pageInfo.endCursor,
      recipients: message.status.recipients.pageInfo.endCursor,
      stream: conversation.cursor,
    };
  }

  const queryWith = (selection: string) =>
    `query (${[
      "$cursor: Cursor!",
      ...(/\$c\b/.test(selection) ? ["$c: ID!"] : []),
      ...(/\$m\b/.test(selection) ? ["$m: ID!"] : []),
    ].join(", ")}) { ${selection} }`;

  it.each(places)(
    "R25: a malformed cursor in $where($argument)",
    async ({ argument, selection }) => {
      const c = await chat.conversation("alice", "bob");
      const { id: m } = await chat.say("alice");
      for (const [what, cursor] of Object.entries(malformed)) {
        const answer = await chat.ask("alice", queryWith(selection), {
          cursor,
          c,
          m,
        });
        expect({ what, ...outcomeOf(answer) }).toEqual({
          what,
          code: "BAD_USER_INPUT",
          argumentPath: [argument],
        });
      }
    },
  );

  it.each(places)(
    "R25: a cursor of another list in $where($argument)",
    async ({ argument, selection, own }) => {
      const c = await chat.conversation("alice", "bob");
      const { id: m } = await chat.say("alice");
      const others = await genuineCursors(c, m);
      for (const [what, cursor] of Object.entries(others)) {
        if (what === own) continue;
        const answer = await chat.ask("alice", queryWith(selection), {
          cursor,
          c,
          m,
        });
        expect({ what, ...outcomeOf(answer) }).toEqual({
          what,
          code: "BAD_USER_INPUT",
          argumentPath: [argument],
        });
      }
    },
  );

  it.each(places)(
    "R56: a cursor that was tampered with is malformed in $where($argument)",
    async ({ argument, selection, own }) => {
      const c = await chat.conversation("alice", "bob");
      const { id: m } = await chat.say("alice");
      const genuine = (await genuineCursors(c, m))[own];
      const document = queryWith(selection);
      await chat.get("alice", document, { cursor: genuine, c, m });
      for (const cursor of tamperedWith(genuine)) {
        const answer = await chat.ask("alice", document, { cursor, c, m });
        // The last character has bits that stand for nothing: the cursor may be the same one.
        if (isSameText(cursor, genuine)) continue;
        expect({ cursor, ...outcomeOf(answer) }).toEqual({
          cursor,
          code: "BAD_USER_INPUT",
          argumentPath: [argument],
        });
      }
    },
  );

  it.each(places)(
    "R25: a cursor that the service would not have made is no internal error in $where($argument)",
    async ({ selection, own }) => {
      const c = await chat.conversation("alice", "bob");
      const { id: m } = await chat.say("alice");
      const genuine = (await genuineCursors(c, m))[own];
      const document = queryWith(selection);
      const purpose = own === "stream" ? "stream" : "list";
      for (const cursor of resealedVariants(purpose, genuine)) {
        const answer = await chat.ask("alice", document, { cursor, c, m });
        // Some cursors are as good as those that were given out; none may break anything.
        if (answer.errors)
          expect({
            values: server.services.seal.open(purpose, cursor),
            code: codeOf(answer),
          }).toMatchObject({ code: "BAD_USER_INPUT" });
      }
    },
  );

  it.each(["messageStatusChanged", "messageAdded"])(
    "R25: a malformed cursor in a subscription to %s",
    async (field) => {
      const id = await chat.conversation("alice", "bob");
      const socket = server.connect(chat.id("alice"));
      for (const conversationId of [id, null])
        for (const [what, after] of Object.entries(malformed)) {
          const events = socket.subscribe(
            `subscription ($id: ID, $after: Cursor) {
              ${field}(conversationId: $id, after: $after) { cursor }
            }`,
            { id: conversationId, after },
          );
          const answer = await events.next();
          expect({ what, ...refusal(answer) }).toEqual({
            what,
            code: "BAD_USER_INPUT",
            argumentPath: ["after"],
          });
          await events.completed;
        }
    },
  );

  it.each([
    {
      what: "a literal of the wrong type",
      document: '{ conversations(first: "ten") { nodes { id } } }',
      argumentPath: ["first"],
    },
    {
      what: "a number past 32 bits",
      document: "{ conversations(first: 3000000000) { nodes { id } } }",
      argumentPath: ["first"],
    },
    {
      what: "a literal of the wrong type within an input",
      document:
        'mutation { syncReceipts(input: { receipts: [{ messageId: "m", kind: DELIVERED }, { messageId: "m", kind: SEEN }] }) { results { changed } } }',
      argumentPath: ["input", "receipts", 1, "kind"],
    },
    {
      what: "an argument that is missing",
      document: "mutation { markRead { changed } }",
      argumentPath: ["input"],
    },
    {
      what: "an input's field that is missing",
      document: "mutation { markRead(input: {}) { changed } }",
      argumentPath: ["input", "messageId"],
    },
    {
      what: "an input's field that there is not",
      document:
        'mutation { markRead(input: { messageId: "m", userId: "u" }) { changed } }',
      argumentPath: ["input", "userId"],
    },
    {
      what: "an argument that there is not",
      document: "{ conversations(last: 3) { nodes { id } } }",
      argumentPath: ["last"],
    },
    {
      what: "null where there must be something",
      document: "{ conversation(id: null) { id } }",
      argumentPath: ["id"],
    },
    {
      what: "a cursor that is a number",
      document: "{ conversations(after: 7) { nodes { id } } }",
      argumentPath: ["after"],
    },
  ])("R28: $what", async ({ document, argumentPath }) => {
    expect(await refused("alice", document)).toEqual({
      code: "BAD_USER_INPUT",
      argumentPath,
    });
  });

  it.each([
    {
      what: "a variable of the wrong type",
      document:
        "query ($first: Int!) { conversations(first: $first) { nodes { id } } }",
      variables: { first: "ten" },
      argumentPath: ["first"],
    },
    {
      what: "a variable that is missing",
      document: "query ($id: ID!) { conversation(id: $id) { id } }",
      variables: {},
      argumentPath: ["id"],
    },
    {
      what: "a variable that is null",
      document: "query ($id: ID!) { conversation(id: $id) { id } }",
      variables: { id: null },
      argumentPath: ["id"],
    },
    {
      what: "a wrong value deep within a variable",
      document:
        "mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { results { changed } } }",
      variables: {
        input: {
          receipts: [
            { messageId: "m", kind: "READ" },
            { messageId: "m", kind: "SEEN" },
          ],
        },
      },
      argumentPath: ["input", "receipts", 1, "kind"],
    },
    {
      what: "a missing field deep within a variable",
      document:
        "mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { results { changed } } }",
      variables: { input: { receipts: [{ messageId: "m" }] } },
      argumentPath: ["input", "receipts", 0, "kind"],
    },
    {
      what: "an unknown field within a variable",
      document:
        "mutation ($input: MarkReadInput!) { markRead(input: $input) { changed } }",
      variables: { input: { messageId: "m", userId: "u" } },
      argumentPath: ["input", "userId"],
    },
    {
      what: "a variable of another name than its argument",
      document:
        "query ($howMany: Int!) { conversations(first: $howMany) { nodes { id } } }",
      variables: { howMany: "ten" },
      argumentPath: ["first"],
    },
    {
      what: "a variable within an input",
      document:
        "mutation ($message: ID!) { markRead(input: { messageId: $message }) { changed } }",
      variables: { message: null },
      argumentPath: ["input", "messageId"],
    },
  ])("R28: $what", async ({ document, variables, argumentPath }) => {
    expect(await refused("alice", document, variables)).toEqual({
      code: "BAD_USER_INPUT",
      argumentPath,
    });
  });

  it.each([
    { what: "a syntax error", body: { query: "{ viewer { id }" } },
    { what: "an unknown field", body: { query: "{ viewer { shoeSize } }" } },
    {
      what: "an unknown operation",
      body: { query: "query A { viewer { id } }", operationName: "B" },
    },
    { what: "an empty document", body: { query: "" } },
    { what: "no document", body: {} },
    {
      what: "variables that are no object",
      body: { query: "{ viewer { id } }", variables: "x" },
    },
    { what: "a list of operations", body: [{ query: "{ viewer { id } }" }] },
  ])("R28: $what is BAD_USER_INPUT", async ({ body }) => {
    const token = await server.token("alice");
    const answer = await server.post(
      { authorization: `Bearer ${token}` },
      body,
    );
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual([
      "BAD_USER_INPUT",
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/stacktrace|node_modules/);
  });

  it.each(["not JSON at all", '{"query":', ""])(
    "R28: a request that is not JSON (%j) is BAD_USER_INPUT",
    async (body) => {
      const response = await fetch(server.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${await server.token("alice")}`,
        },
        body,
      });
      expect(response.status).toBe(400);
      expect(codeOf((await response.json()) as Answer<unknown>)).toBe(
        "BAD_USER_INPUT",
      );
    },
  );

  it("R28: over a socket a syntax error and an unknown field are BAD_USER_INPUT, and the socket goes on", async () => {
    const socket = server.connect("alice");
    for (const query of ["{ viewer { id }", "{ viewer { shoeSize } }"]) {
      const failure: unknown = await socket
        .execute(query)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject([
        { extensions: { code: "BAD_USER_INPUT" } },
      ]);
    }
    expect(await socket.execute("{ viewer { id } }")).toMatchObject({
      data: { viewer: { id: "alice" } },
    });
  });

  it("R28: a query with too many tokens is refused", async () => {
    const answer = await chat.ask(
      "alice",
      `{ viewer { ${"id ".repeat(20_000)} } }`,
    );
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
  });
});

describe("R28: FORBIDDEN, CONFLICT and RATE_LIMITED", () => {
  it("R28: removing others without being the owner is FORBIDDEN", async () => {
    await chat.conversation("alice", "bob", "carol");
    expect(codeOf(await chat.tryToRemove("bob", "carol"))).toBe("FORBIDDEN");
    expect(await chat.participants("alice")).toHaveLength(3);
  });

  it("R28: the same id with other participants is CONFLICT", async () => {
    const id = await chat.conversation("alice", "bob");
    const create =
      "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }";
    const again = await chat.ask("alice", create, {
      input: { id, participantIds: [chat.id("bob")] },
    });
    expect(again.data).toEqual({
      createConversation: { conversation: { id } },
    });
    const other = await chat.ask("alice", create, {
      input: { id, participantIds: [chat.id("carol")] },
    });
    expect(codeOf(other)).toBe("CONFLICT");
    expect(await chat.participants("alice")).toHaveLength(2);
  });

  it("R28: one subscription too many on a socket is RATE_LIMITED and says when to retry", async () => {
    const id = await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    await chat.say("alice");
    const socket = server.connect(chat.id("alice"));
    const document =
      "subscription ($id: ID, $after: Cursor) { messageAdded(conversationId: $id, after: $after) { message { seq } } }";
    const subscriptions = Array.from(
      { length: socketLimits.subscriptionsPerSocket },
      () => socket.subscribe<unknown>(document, { id, after }),
    );
    // All of them are there once each has its message.
    await Promise.all(subscriptions.map((events) => events.next()));
    const failure: unknown = await socket
      .subscribe(document, { id, after })
      .next()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      cause: [
        {
          extensions: {
            code: "RATE_LIMITED",
            retryAfterMs: expect.any(Number) as unknown,
          },
        },
      ],
    });
    await socket.close();
  });
});

describe("R30: one bad item in syncReceipts is answered in its place and spoils no other", () => {
  it("R30: good and bad, each for itself", async () => {
    const here = await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const third = await chat.say("alice");
    await chat.conversation("carol", "dave");
    const theirs = await chat.say("carol");
    chat.conversationId = here;
    const receipts = [
      { messageId: "no id at all", kind: "READ" },
      { messageId: first.id, kind: "READ" },
      { messageId: "x".repeat(129), kind: "READ" },
      { messageId: theirs.id, kind: "READ" },
      { messageId: second.id, kind: "DELIVERED" },
      {
        messageId: unsentMessageId({ conversationId: here, seq: 4 }),
        kind: "READ",
        upTo: true,
      },
      { messageId: first.id, kind: "READ" },
      { messageId: "", kind: "DELIVERED" },
      { messageId: third.id, kind: "READ" },
    ];
    const { syncReceipts } = await chat.get<{
      syncReceipts: {
        results: {
          messageId: string;
          kind: string;
          changed: boolean;
          error: string | null;
        }[];
      };
    }>("bob", syncThem, { receipts });
    expect(
      syncReceipts.results.map(({ messageId, kind }) => ({ messageId, kind })),
    ).toEqual(receipts.map(({ messageId, kind }) => ({ messageId, kind })));
    expect(
      syncReceipts.results.map(({ changed, error }) => error ?? changed),
    ).toEqual([
      "NOT_FOUND",
      true,
      "BAD_USER_INPUT",
      "NOT_FOUND",
      true,
      "NOT_FOUND",
      false,
      "NOT_FOUND",
      true,
    ]);
    const states = [];
    for (const message of [first, second, third])
      states.push((await chat.recipient("alice", message, "bob")).state);
    expect(states).toEqual(["READ", "DELIVERED", "READ"]);
  });

  it("R30: a bad item before a good one of the same conversation takes nothing from it", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 3);
    const { syncReceipts } = await chat.get<{
      syncReceipts: { results: { changed: boolean; error: string | null }[] };
    }>("bob", syncThem, {
      receipts: [
        {
          messageId: unsentMessageId({ conversationId, seq: 99 }),
          kind: "READ",
          upTo: true,
        },
        { messageId: messages[1]?.id, kind: "READ", upTo: true },
        { messageId: messages[0]?.id, kind: "READ" },
      ],
    });
    expect(
      syncReceipts.results.map(({ changed, error }) => error ?? changed),
    ).toEqual(["NOT_FOUND", true, false]);
    expect(await chat.unread("bob")).toBe(1);
  });

  it.each([
    { what: "NUL", conversationId: "a\0b" },
    { what: "only NUL", conversationId: "\0" },
  ])(
    "R30: an id that carries $what is NOT_FOUND in its place",
    async ({ conversationId }) => {
      await chat.conversation("alice", "bob");
      const message = await chat.say("alice");
      const { syncReceipts } = await chat.get<{
        syncReceipts: { results: { changed: boolean; error: string | null }[] };
      }>("bob", syncThem, {
        receipts: [
          {
            messageId: unsentMessageId({ conversationId, seq: 1 }),
            kind: "READ",
          },
          { messageId: message.id, kind: "READ" },
        ],
      });
      expect(syncReceipts.results[0]?.error).toMatch(
        /^(NOT_FOUND|BAD_USER_INPUT)$/,
      );
      expect(syncReceipts.results[1]).toMatchObject({
        changed: true,
        error: null,
      });
    },
  );

  it("R30: an empty queue is answered with nothing", async () => {
    expect(await chat.get("bob", syncThem, { receipts: [] })).toEqual({
      syncReceipts: { results: [] },
    });
  });
});

describe("R28: what is wrong inside shows nothing of the inside", () => {
  it("R28: INTERNAL_SERVER_ERROR says no more than a requestId, by which the log has it", async () => {
    const { url: databaseUrl, drop } = await createTestDatabase();
    const log: string[] = [];
    const node = await startServer(
      readConfig({
        PORT: "0",
        DATABASE_URL: databaseUrl,
        AUTH_JWT_SECRET: testSecret,
      }),
      createLog(
        { level: "warn" },
        new Writable({
          write(line: Buffer, _encoding, done) {
            log.push(line.toString());
            done();
          },
        }),
      ),
    );
    const breaker = postgres(databaseUrl, { max: 1 });
    await breaker`alter table participants rename to hidden_away`;
    await breaker.end();
    const answers: Answer<unknown>[] = [];
    for (const query of [
      "{ conversations { nodes { id } } }",
      `mutation { markRead(input: { messageId: "${unsentMessageId({ conversationId: "c", seq: 1 })}" }) { changed } }`,
    ]) {
      const response = await fetch(node.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${await server.token("alice")}`,
        },
        body: JSON.stringify({ query }),
      });
      answers.push((await response.json()) as Answer<unknown>);
    }
    await node.close();
    await drop();
    for (const answer of answers) {
      expect(answer.data ?? null).toBeNull();
      expect(codeOf(answer)).toBe("INTERNAL_SERVER_ERROR");
      const { requestId } = answer.errors?.[0]?.extensions ?? {};
      expect(requestId).toEqual(expect.any(String));
      expect(JSON.stringify(answer)).not.toMatch(
        /participants|select|relation|sql|postgres|42P01|stack|node_modules|src\//i,
      );
      const line = log.find((text) => text.includes(String(requestId)));
      expect(line).toMatch(/"statement":"\w+".*"code":"42P01"/);
    }
  });

  it("R28: while the database is away it is UNAVAILABLE, nothing was stored, and a retry stores it once", async () => {
    const { url: databaseUrl, drop } = await createTestDatabase();
    const proxy = await startPostgresProxy(databaseUrl);
    const node = await startTestServer({ DATABASE_URL: proxy.url });
    const there = new Chat(node);
    await there.conversation("alice", "bob");
    const message = await there.say("alice");
    await there.get("bob", "{ viewer { id } }");
    const input = { clientId: "a1", body: "hi" };

    await proxy.cut();
    const away = [
      await there.trySend("alice", input),
      await there.ask(
        "bob",
        "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }",
        { id: message.id },
      ),
      await there.ask("alice", "{ conversations { nodes { id } } }"),
      await there.ask("somebody-new", "{ viewer { id } }"),
    ];
    const readyWhileAway = await fetch(new URL("/readyz", node.url));
    await proxy.restore();

    expect(away.map(codeOf)).toEqual(Array(4).fill("UNAVAILABLE"));
    expect(JSON.stringify(away)).not.toMatch(/ECONN|127\.0\.0\.1|postgres/i);
    expect(readyWhileAway.status).toBe(503);
    await expect
      .poll(async () => (await fetch(new URL("/readyz", node.url))).status, {
        timeout: 15_000,
      })
      .toBe(200);
    expect(await there.hears("bob")).toEqual([message.body]);
    expect(await there.unread("bob")).toBe(1);
    expect(await there.send("alice", input)).toMatchObject({
      duplicate: false,
    });
    expect(await there.read("bob", message)).toMatchObject({ changed: true });
    await node.close();
    await proxy.close();
    await drop();
  });

  it("R28: every code is one of eight", async () => {
    await chat.conversation("alice", "bob");
    const answers = await Promise.all([
      chat.ask("alice", "{"),
      chat.ask("alice", "{ nothing }"),
      chat.ask("alice", "subscription { messageAdded { cursor } }"),
      chat.ask(
        "alice",
        "{ viewer { id } conversation(id: 7) { messages(first: 1, last: 1) { nodes { id } } } }",
      ),
      chat.ask(
        "alice",
        'mutation { deleteMessage(input: { messageId: "x" }) { message { id } } }',
      ),
      server.post({}, { query: "{ viewer { id } }" }),
      server.post(
        { "content-type": "text/plain" },
        { query: "{ viewer { id } }" },
      ),
    ]);
    for (const { errors = [] } of answers)
      for (const { extensions } of errors)
        expect(codes).toContain(extensions?.code);
  });
});

describe("R29: the largest conversation", () => {
  it("R29: a conversation has 10,000 active participants at most", async () => {
    const others = Array.from({ length: 10_000 }, (_, i) =>
      chat.id(`member${i}`),
    );
    const create =
      "mutation ($ids: [ID!]!) { createConversation(input: { participantIds: $ids }) { conversation { id } } }";
    const tooMany = await refused("alice", create, { ids: others });
    expect(tooMany.code).toBe("BAD_USER_INPUT");
    expect(tooMany.argumentPath).toEqual(["input", "participantIds"]);
    const { createConversation } = await chat.get<{
      createConversation: { conversation: { id: string } };
    }>("alice", create, { ids: others.slice(1) });
    chat.conversationId = createConversation.conversation.id;
    const add =
      "mutation ($c: ID!, $u: ID!) { addParticipants(input: { conversationId: $c, userIds: [$u] }) { added { id } } }";
    const variables = { c: chat.conversationId, u: chat.id("one-too-many") };
    const oneMore = await refused("alice", add, variables);
    expect(oneMore).toEqual({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "userIds"],
    });
    // Active ones: who has left makes room.
    await chat.remove("alice", "member1");
    await chat.get("alice", add, variables);
  });
});

/** The refusal, or that there was none. */
function outcomeOf(answer: Answer<unknown>) {
  return answer.errors ? refusal(answer) : { code: "none" };
}

/** The same values as in a sealed cursor, but each part of them replaced, or gone: sealed as the service seals. */
function resealedVariants(purpose: string, cursor: string): string[] {
  const { seal } = server.services;
  const nasty = [
    "",
    "a\0b",
    "a\ud83db",
    "yesterday-ish",
    "x".repeat(1_000),
    -1,
    0,
    0.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    null,
    true,
    [],
    {},
  ];
  const variants = (part: unknown): unknown[] => {
    if (!Array.isArray(part)) return nasty;
    const elements: readonly unknown[] = part;
    return [
      ...nasty,
      elements.slice(0, -1),
      [...elements, ...elements],
      ...elements.flatMap((element, i) =>
        variants(element).map((other) => elements.with(i, other)),
      ),
    ];
  };
  return variants(seal.open(purpose, cursor)).map((other) =>
    seal.seal(purpose, other),
  );
}

/** Whether two base64url texts stand for the same bytes. */
function isSameText(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => Buffer.from(text, "base64url"));
  return a !== undefined && b !== undefined && a.equals(b);
}

/** The cursor with one character after the other changed, without its end, and twice in a row. */
function tamperedWith(cursor: string): string[] {
  return [
    ...Array.from(cursor, (character, i) => {
      const other = character === "A" ? "B" : "A";
      return `${cursor.slice(0, i)}${other}${cursor.slice(i + 1)}`;
    }),
    cursor.slice(0, -4),
    cursor + cursor,
  ];
}
