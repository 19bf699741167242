import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { gateLimits } from "../src/gate/limits.js";
import { codeOf, type Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import type { Answer } from "./support/server.js";

// What passes the gate, what does not, and that refusing costs next to nothing.

const server = serverForFile({ INTROSPECTION: "false" });
const chat = chatForEachTest(server);

/** CPU that a refusal may take, in seconds: ten times of what is seen. Each request took more than that. */
const cpuBoundS = 0.6;

/** The CPU that this process, server included, takes for some work, in seconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

/** The heap in use once garbage is gone, in MiB. */
function heapMiB(): number {
  setFlagsFromString("--expose_gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1_024 ** 2;
}

interface Raw {
  readonly status: number;
  readonly bytes: number;
  readonly headers: Headers;
  readonly answer: Answer<Record<string, unknown>>;
}

/** Sends a body as it is. */
async function send(body: string, name: string | null = "alice"): Promise<Raw> {
  const authorization =
    name === null ? undefined : `Bearer ${await server.token(chat.id(name))}`;
  const response = await fetch(server.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(authorization && { authorization }),
    },
    body,
  });
  const text = await response.text();
  return {
    status: response.status,
    bytes: text.length,
    headers: response.headers,
    answer: JSON.parse(text) as Raw["answer"],
  };
}

const ask = (query: string, variables: object = {}, name?: string | null) =>
  send(JSON.stringify({ query, variables }), name);

const many = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(" ");

const errorsOf = ({ answer }: Raw) => answer.errors ?? [];
const codesOf = (raw: Raw) => [
  ...new Set(errorsOf(raw).map(({ extensions }) => extensions?.code)),
];

describe("the token comes first", () => {
  it("a request without a token is refused before its body is parsed", async () => {
    for (const body of ["{", "[]", "not JSON", '{"query":"{ viewer { id"}']) {
      const raw = await send(body, null);
      expect(raw.status).toBe(401);
      expect(codeOf(raw.answer)).toBe("UNAUTHENTICATED");
      expect(raw.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  it("600 kB of a stranger's errors cost next to nothing", async () => {
    const query = `{ ${many(100, (i) => `x${i}`)} viewer { ${many(50_000, (i) => `b${i}:id`)} } }`;
    const cpuS = await cpuOf(async () => {
      expect((await ask(query, {}, null)).status).toBe(401);
    });
    expect(cpuS).toBeLessThan(cpuBoundS);
  });

  it("a client that asks for GraphQL's own media type gets it", async () => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json;q=0.9",
      },
      body: "{}",
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toContain(
      "application/graphql-response+json",
    );
  });
});

describe("documents that are too much are refused at once", () => {
  const chain = (length: number) =>
    `{ viewer { ...f0 } } ${many(length, (i) => `fragment f${i} on User { id ...f${i + 1} ...f${i + 1} }`)} fragment f${length} on User { id }`;

  const documents: [string, string, Record<string, unknown>?][] = [
    [
      "100 errors in 200 kB",
      `{ ${many(100, (i) => `x${i}`)} viewer { ${many(20_000, (i) => `b${i}:id`)} } }`,
    ],
    [
      "100 errors in 60 kB",
      `{ ${many(100, (i) => `x${i}${"y".repeat(500)}`)} viewer { ${many(200, () => "id")} } }`,
    ],
    [
      "10,000 directives",
      `{ viewer { ${many(10_000, () => "id @include(if: true)")} } }`,
    ],
    [
      "60,000 aliases of __typename",
      `{ ${many(60_000, (i) => `a${i}:__typename`)} }`,
    ],
    ["101 aliases", `{ viewer { ${many(101, (i) => `a${i}:id`)} } }`],
    ["a chain of 8,000 fragments, each spread twice", chain(8_000)],
    ["3,000 levels", `{ viewer${many(3_000, () => "{ viewer")}`],
    ["lists of 3,000 levels", `{ conversation(id: ${"[".repeat(3_000)}`],
    [
      "16 levels",
      `{ ${"conversations { nodes { lastMessage { conversation { ".repeat(1)}${"lastMessage { conversation { ".repeat(6)}id${" }".repeat(16)} }`,
    ],
    [
      "fragments that double a hundred times",
      `{ viewer { id } conversations { nodes { ...f0 } } } ${many(12, (i) => `fragment f${i} on Conversation { a${i}: lastMessage { conversation { ...f${i + 1} } } b${i}: lastMessage { conversation { ...f${i + 1} } } }`)} fragment f12 on Conversation { id }`,
    ],
    [
      "a subscription with @skip at its root",
      "subscription ($d: Boolean!) { messageAdded @skip(if: $d) { cursor } messageStatusChanged { cursor } }",
      { d: true },
    ],
  ];

  it.each(documents)("over HTTP: %s", async (_, query, variables) => {
    let raw: Raw | undefined;
    const cpuS = await cpuOf(async () => {
      raw = await ask(query, variables);
    });
    expect(raw?.status).toBe(400);
    expect(raw && codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    expect(raw?.bytes).toBeLessThan(5_000);
    expect(cpuS).toBeLessThan(cpuBoundS);
  });

  it.each(documents)("over a socket: %s", async (_, query, variables) => {
    const socket = server.connect(chat.id("alice"));
    await socket.execute("{ viewer { id } }");
    const cpuS = await cpuOf(async () => {
      const failure: unknown = await socket
        .execute(query, variables)
        .catch((error: unknown) => error);
      const codes = (failure as NonNullable<Answer<unknown>["errors"]>).map(
        ({ extensions }) => extensions?.code,
      );
      expect(new Set(codes)).toEqual(new Set(["BAD_USER_INPUT"]));
    });
    expect(cpuS).toBeLessThan(cpuBoundS);
    // The socket goes on.
    expect(await socket.execute("{ viewer { id } }")).toHaveProperty("data");
    await socket.close();
  });

  it("at most five errors are told, each in at most 300 characters", async () => {
    const raw = await ask(`{ ${many(50, (i) => `x${i}${"y".repeat(90)}`)} }`);
    expect(errorsOf(raw)).toHaveLength(5);
    for (const { message } of errorsOf(raw))
      expect(message.length).toBeLessThanOrEqual(300);
  });
});

describe("values are not sent back", () => {
  it("2 MB of wrong variables with 60 unknown keys get a short answer", async () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`u${i}`, 1]),
    );
    const input = { big: "planted".repeat(270_000), ...unknown };
    let raw: Raw | undefined;
    const cpuS = await cpuOf(async () => {
      raw = await ask(
        "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }",
        { input },
      );
    });
    expect(raw && codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    expect(raw && errorsOf(raw)).toHaveLength(5);
    expect(raw?.bytes).toBeLessThan(2_000);
    expect(JSON.stringify(raw?.answer)).not.toContain("planted");
    expect(cpuS).toBeLessThan(cpuBoundS);
  });

  it.each([
    ["a key of 1 MB", { input: { ["planted".repeat(150_000)]: 1 } }],
    [
      "a value of an enum",
      {
        input: {
          receipts: [{ messageId: "m", kind: "planted".repeat(150_000) }],
        },
      },
    ],
    ["a value of another type", { input: "planted".repeat(150_000) }],
    [
      "200,000 wrong items",
      { input: { receipts: Array(200_000).fill("planted") } },
    ],
  ])("of variables: %s", async (_, variables) => {
    const raw = await ask(
      "mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { results { changed } } }",
      variables,
    );
    expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    expect(raw.bytes).toBeLessThan(3_000);
    if (_ !== "a key of 1 MB")
      expect(JSON.stringify(raw.answer)).not.toContain("planted");
  });

  it("no name of a document comes back at length: it stands in paths, and aliases in each object of an answer", async () => {
    const long = "planted".repeat(5_000);
    for (const query of [
      `mutation { markRead(input: { ${long}: 1 }) { changed } }`,
      `{ viewer { ${long}: id } }`,
    ]) {
      const raw = await ask(query);
      expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
      expect(JSON.stringify(raw.answer)).not.toContain("planted");
    }
    const fits = "a".repeat(gateLimits.nameCharacters);
    expect(codesOf(await ask(`{ viewer { ${fits}: id } }`))).toEqual([]);
  });

  it.each([
    ["a literal", '{ conversations(first: "planted") { nodes { id } } }'],
    ["an object", 'mutation { markRead(input: ["planted"]) { changed } }'],
    ["a text out of place", '{ conversation(id: "a") { id } "planted" }'],
    ["a block of text out of place", '{ conversation """planted""" }'],
  ])("of documents: %s", async (_, query) => {
    const raw = await ask(query);
    expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    expect(JSON.stringify(raw.answer)).not.toContain("planted");
  });

  it("nothing is suggested where introspection is off", async () => {
    const mark =
      "mutation ($input: MarkReadInput!) { markRead(input: $input) { changed } }";
    for (const raw of [
      await ask("{ viewr { id } }"),
      await ask("{ viewer { displayNam } }"),
      await ask('{ conversation(ide: "x") { id } }'),
      await ask(
        'mutation { syncReceipts(input: { receipts: [{ messageId: "m", kind: REED }] }) { results { changed } } }',
      ),
      await ask("query ($x: Strin) { viewer { id } }"),
      await ask(mark, { input: { messageI: "m" } }),
      await ask(mark.replace("MarkReadInput", "MarkReadInputs"), {}),
    ]) {
      expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
      expect(JSON.stringify(raw.answer)).not.toMatch(/did you mean/i);
    }
  });
});

describe("the cost of an operation", () => {
  const explosive = `{ conversations(first: 20) { nodes { messages(last: 100) { nodes {
    status { recipients(first: 500) { nodes { user { displayName } } } } } } } } }`;
  const inCircles = `query ($id: ID!) { conversation(id: $id) { messages(last: 100) { nodes { conversation {
    messages(last: 100) { nodes { conversation { messages(last: 100) { nodes { id } } } } } } } } } }`;

  it("pages within pages multiply: too much is refused, and the cost and the budget are told", async () => {
    const raw = await ask(explosive);
    expect(raw.status).toBe(400);
    expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    const { cost, budget } = errorsOf(raw)[0]?.extensions ?? {};
    expect(budget).toBe(100_000);
    expect(cost).toBeGreaterThan(1_000_000);
    expect(raw.headers.get("x-acked-cost")).toBe(String(cost));
  });

  it("round in circles is refused too", async () => {
    expect(codesOf(await ask(inCircles, { id: "x" }))).toEqual([
      "BAD_USER_INPUT",
    ]);
  });

  it("variables and the schema's defaults count like literals", async () => {
    const costWith = async (variables: object) =>
      Number(
        (
          await ask(
            "query ($first: Int! = 20) { conversations(first: $first) { nodes { id } } }",
            variables,
          )
        ).headers.get("x-acked-cost"),
      );
    const byDefault = Number(
      (await ask("{ conversations { nodes { id } } }")).headers.get(
        "x-acked-cost",
      ),
    );
    expect(await costWith({})).toBe(byDefault);
    expect(await costWith({ first: 20 })).toBe(byDefault);
    expect(await costWith({ first: 100 })).toBeGreaterThan(byDefault + 80);
  });

  it("the same over a socket, and for each event of a subscription", async () => {
    const socket = server.connect(chat.id("alice"));
    for (const query of [
      explosive,
      `subscription { messageStatusChanged { messages(last: 100) { status { recipients(first: 500) { nodes { user { displayName } } } } } } }`,
    ]) {
      const failure: unknown = await socket
        .execute(query)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject([
        { extensions: { code: "BAD_USER_INPUT", budget: 100_000 } },
      ]);
    }
  });

  it("the inbox with the newest messages of each conversation passes", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const raw = await ask(
      `{ conversations(first: 50) { nodes { id title unreadCount messages(last: 20) { nodes {
        id seq body sentAt sender { id displayName } status { overallStatus summaryText } } } } } }`,
    );
    expect(raw.status).toBe(200);
    expect(Number(raw.headers.get("x-acked-cost"))).toBeLessThan(50_000);
  });

  it("1,000 conversations in one request are not made, nor 11", async () => {
    for (const count of [11, 100, 1_000]) {
      const raw = await ask(
        `mutation { ${many(count, (i) => `a${i}: createConversation(input: { participantIds: [] }) { conversation { id } }`)} }`,
      );
      expect(codesOf(raw)).toEqual(["BAD_USER_INPUT"]);
    }
    const { conversations } = await chat.get<{
      conversations: { nodes: unknown[] };
    }>("alice", "{ conversations { nodes { id } } }");
    expect(conversations.nodes).toEqual([]);
  });

  it("10,000 counts of all that is unread are not asked for in one request, nor 21", async () => {
    for (const count of [21, 10_000])
      expect(
        codesOf(
          await ask(
            `{ ${many(count, (i) => `a${i}: viewer { unreadCount }`)} }`,
          ),
        ),
      ).toEqual(["BAD_USER_INPUT"]);
  });
});

describe("ids that are JSON numbers", () => {
  const create = (id: string) =>
    JSON.stringify({
      query:
        "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }",
      variables: { input: { id: "?", participantIds: [] } },
    }).replace('"?"', id);

  it("past 2^53 they are refused, by their argument: a rounded id is somebody else's", async () => {
    const raw = await send(create("1234567890123456789"));
    expect(errorsOf(raw)[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "id"],
    });
    const list = await send(
      create('"x"').replace("[]", '["a",7000000000000000001]'),
    );
    expect(errorsOf(list)[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "participantIds", 1],
    });
  });

  it("below they are taken as they are, and so are whole numbers of any length in a document", async () => {
    const id = Number.MAX_SAFE_INTEGER - Math.floor(Math.random() * 1e9);
    expect((await send(create(String(id)))).answer.data).toEqual({
      createConversation: { conversation: { id: String(id) } },
    });
    const long = `9${id}9`;
    const raw = await ask(
      `mutation { createConversation(input: { id: ${long}, participantIds: [] }) { conversation { id } } }`,
    );
    expect(raw.answer.data).toEqual({
      createConversation: { conversation: { id: long } },
    });
  });
});

describe("queries are not registered by accident", () => {
  const query = "{ viewer { id } }";
  const persistedQuery = (sha256Hash: string) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  });

  it("a hash alone is answered so that clients send the document, and stop asking by hash", async () => {
    const hash = createHash("sha256").update(query).digest("hex");
    const withDocument = await send(
      JSON.stringify({ query, ...persistedQuery(hash) }),
    );
    expect(withDocument.answer.data).toEqual({
      viewer: { id: chat.id("alice") },
    });
    const alone = await send(JSON.stringify(persistedQuery(hash)));
    expect(alone.answer.errors).toMatchObject([
      {
        message: "PersistedQueryNotSupported",
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
  });
});

describe("what clients choose is not kept", () => {
  const subscribe =
    "subscription ($id: ID!) { messageAdded(conversationId: $id) { cursor } }";

  it("variables of subscriptions that were refused", async () => {
    const socket = server.connect(chat.id("alice"));
    await socket.execute("{ viewer { id } }");
    const before = heapMiB();
    for (let i = 0; i < 60; i++)
      for (const unused of [`${i}`, `${i}${"x".repeat(1_000_000)}`]) {
        const answer: unknown = await socket
          .execute(subscribe, { id: `none-${i}`, unused })
          .catch((error: unknown) => error);
        expect(JSON.stringify(answer)).toMatch(
          unused.length < 10 ? "NOT_FOUND" : "BAD_USER_INPUT",
        );
      }
    expect(heapMiB() - before).toBeLessThan(20);
    await socket.close();
  });

  it("long messages of subscriptions: one that could run is refused for what it carries", async () => {
    const id = await chat.conversation("alice", "bob");
    const socket = server.connect(chat.id("alice"));
    const { subscriptions } = server.services.hub.size;
    const failure: unknown = await socket
      .execute(subscribe, { id, unused: "x".repeat(70_000) })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    expect(server.services.hub.size.subscriptions).toBe(subscriptions);
    // Queries and mutations end, and are not kept.
    expect(
      await socket.execute("{ viewer { id } }", { unused: "x".repeat(70_000) }),
    ).toHaveProperty("data");
  });

  it("long variables of subscriptions are refused, by their argument", async () => {
    const events = server
      .connect(chat.id("alice"))
      .subscribe(subscribe, { id: "x".repeat(5_000) });
    const answer = await events.next();
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.extensions?.["argumentPath"]).toEqual([
      "conversationId",
    ]);
  });
});

describe("what passes is answered as before", () => {
  it("a mark over HTTP says its cost", async () => {
    await chat.conversation("alice", "bob");
    const message: Message = await chat.say("alice");
    const raw = await ask(
      "mutation ($input: MarkReadInput!) { markRead(input: $input) { changed } }",
      { input: { messageId: message.id } },
      "bob",
    );
    expect(raw.answer).toEqual({ data: { markRead: { changed: true } } });
    expect(Number(raw.headers.get("x-acked-cost"))).toBeGreaterThan(0);
  });

  it("500 marks in one request pass", async () => {
    await chat.conversation("alice", "bob");
    const { id: messageId } = await chat.say("alice");
    const raw = await ask(
      "mutation ($receipts: [ReceiptInput!]!) { syncReceipts(input: { receipts: $receipts }) { results { messageId kind changed error } } }",
      { receipts: Array(500).fill({ messageId, kind: "READ" }) },
      "bob",
    );
    expect(raw.status).toBe(200);
  });

  it("errors of resolvers keep their place in the document", async () => {
    const raw = await ask("{\n  conversations(first: 101) { nodes { id } }\n}");
    expect(raw.answer.errors).toMatchObject([
      { locations: [{ line: 2, column: 3 }], path: ["conversations"] },
    ]);
  });
});
