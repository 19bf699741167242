import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isId } from "../src/foundation/limits.js";
import { codeOf } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

// R18, R29: an id is taken as it is or refused, so that no two look alike for what can't be seen in them; and
// whoever is in no conversation holds nobody up in it.

const server = serverForFile();
const chat = chatForEachTest(server);

const lookAlikes: [string, string][] = [
  ["a zero width space", "ali\u200bce"],
  ["a zero width joiner", "ali\u200dce"],
  ["a change of direction", "\u202eecila"],
  ["an isolate", "\u2066alice"],
  ["a tag", "alice\u{e0061}"],
  ["a soft hyphen", "ali\u00adce"],
  ["a variation selector", "alice\ufe0f"],
  ["a filler that shows as nothing", "alice\u3164"],
  ["a line separator", "ali\u2028ce"],
  ["a paragraph separator", "ali\u2029ce"],
  ["NEL, a control character of C1", "ali\u0085ce"],
  ["a newline", "ali\nce"],
  ["a space that is no U+0020", "ali\u00a0ce"],
  ["a space before it", " alice"],
  ["a space behind it", "alice "],
  ["nothing but a space", " "],
  ["another normal form", "ame\u0301lie"],
  ["half a surrogate pair", "alice\ud800"],
  ["nothing", ""],
  ["one character too many", "x".repeat(129)],
];
const good = [
  ...["alice", "order-4711", "irc:#~{}^", "a b", "O'Neill, 3rd"],
  ...["amélie", "Зоя", "山田太郎", "محمد", "😀", "x".repeat(128)],
];

describe("R29: an id with something that can't be seen is refused", () => {
  it.each(lookAlikes)("with %s", (_, id) => {
    expect(isId(id)).toBe(false);
  });

  it.each(good)("%s is an id", (id) => {
    expect(isId(id)).toBe(true);
  });
});

const mutations: [
  string,
  string,
  (id: string) => Record<string, unknown>,
  string[],
][] = [
  [
    "createConversation",
    "CreateConversationInput",
    (id) => ({ id, participantIds: [] }),
    ["input", "id"],
  ],
  [
    "createConversation",
    "CreateConversationInput",
    (clientId) => ({ clientId, participantIds: [] }),
    ["input", "clientId"],
  ],
  [
    "createConversation",
    "CreateConversationInput",
    (id) => ({ participantIds: [id] }),
    ["input", "participantIds", "0"],
  ],
  [
    "addParticipants",
    "AddParticipantsInput",
    (id) => ({ userIds: [id], conversationId: chat.conversationId }),
    ["input", "userIds", "0"],
  ],
  [
    "sendMessage",
    "SendMessageInput",
    (clientId) => ({ clientId, conversationId: chat.conversationId }),
    ["input", "clientId"],
  ],
  [
    "sendMessage",
    "SendMessageInput",
    (senderId) => ({
      senderId,
      clientId: "c",
      conversationId: chat.conversationId,
    }),
    ["input", "senderId"],
  ],
];

it.each(mutations)(
  "R29: %s(%s) names the argument of a look-alike, and stores nothing",
  async (name, type, input, path) => {
    await chat.conversation("alice", "bob");
    for (const [, id] of lookAlikes.slice(0, -3)) {
      const { errors } = await chat.ask(
        "alice",
        `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
        { input: input(id) },
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
      const { argumentPath } = errors?.[0]?.extensions as {
        argumentPath: unknown[];
      };
      expect(argumentPath.map(String)).toEqual(path);
    }
    expect(await chat.hears("alice")).toEqual([]);
    expect(await chat.participants("alice")).toHaveLength(2);
  },
);

it("R18: a look-alike of a conversation's id is one that there is not", async () => {
  await chat.conversation("alice", "bob");
  const { data } = await chat.ask<{ conversation: object | null }>(
    "alice",
    "query ($id: ID!) { conversation(id: $id) { id } }",
    { id: `${chat.conversationId}\u200b` },
  );
  expect(data?.conversation).toBeNull();
});

it("R28: a token for a look-alike is UNAUTHENTICATED", async () => {
  for (const [, sub] of lookAlikes.slice(0, -3)) {
    const token = await server.token(sub);
    const { errors } = await server.post(
      { authorization: `Bearer ${token}` },
      { query: "{ viewer { id } }" },
    );
    expect(errors?.[0]?.extensions?.code, JSON.stringify(sub)).toBe(
      "UNAUTHENTICATED",
    );
  }
});

it("a name loses what reorders the text around it, and keeps the rest; a title with it is refused", async () => {
  const token = await server.token(chat.id("eve"), {
    name: "\u202eecila \u2067x\u2069\n محمد",
  });
  const { data } = await server.post<{ viewer: { displayName: string } }>(
    { authorization: `Bearer ${token}` },
    { query: "{ viewer { displayName } }" },
  );
  expect(data?.viewer.displayName).toBe("ecila x محمد");
  const refused = await chat.ask(
    "alice",
    `mutation ($title: String!) {
      createConversation(input: { title: $title, participantIds: [] }) { conversation { id } }
    }`,
    { title: "invoice \u202efdp.exe" },
  );
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: "BAD_USER_INPUT",
    argumentPath: ["input", "title"],
  });
});

describe("R18: who is in no conversation takes no lock in it", () => {
  let database: Sql;
  beforeAll(() => {
    database = postgres(server.databaseUrl, { max: 1 });
  });
  afterAll(() => database.end());

  /** The transaction that locked or changed the conversation's row last. */
  async function lastLock(): Promise<string> {
    const [row] = await database<{ xmax: string }[]>`
      select xmax::text from conversations where id = ${chat.conversationId}`;
    return row?.xmax ?? "";
  }

  it("R18: neither a stranger's message nor a stranger's mark locks it; a participant's does", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const before = await lastLock();
    expect(codeOf(await chat.trySend("mallory"))).toBe("NOT_FOUND");
    expect(await chat.refusalsOfMarks("mallory", message)).toEqual(
      Array(4).fill("NOT_FOUND"),
    );
    expect(codeOf(await chat.tryToRemove("mallory", "bob"))).toBe("NOT_FOUND");
    expect(await lastLock()).toBe(before);
    await chat.receive("bob", message);
    const received = await lastLock();
    // A repeat writes nothing, and takes the lock.
    await chat.receive("bob", message);
    expect(await lastLock()).not.toBe(received);
  });
});
