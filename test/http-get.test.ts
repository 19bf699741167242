import { describe, expect, it } from "vitest";
import { dataOf } from "./support/chat.js";
import { fairWith } from "./support/fair.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import type { Answer } from "./support/server.js";

// Queries by GET: the same law as by POST.

const server = serverForFile(
  {},
  { fair: fairWith({ rates: { cost: { points: 1_000, seconds: 60 } } }) },
);
const chat = chatForEachTest(server);

/** Asks with the parameters of an address. */
async function get<T>(
  parameters: Record<string, string>,
  { name = "alice", ...headers }: Record<string, string> = {},
) {
  const address = `${server.url}?${String(new URLSearchParams(parameters))}`;
  const response = await fetch(address, {
    headers: {
      accept: "application/json",
      ...(name !== "" && {
        authorization: `Bearer ${await server.token(chat.id(name))}`,
      }),
      ...headers,
    },
  });
  return {
    response,
    status: response.status,
    answer: (await response.json()) as Answer<T>,
  };
}

const viewer = "{ viewer { id } }";

describe("queries by GET", () => {
  it("are answered, with variables and the name of the operation", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const { answer, response } = await get<{ message: { body: string } }>({
      query: `query Other { viewer { id } } query One($id: ID!) { message(id: $id) { body } }`,
      operationName: "One",
      variables: JSON.stringify({ id: message.id }),
    });
    expect(dataOf(answer).message.body).toBe(message.body);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(Number(response.headers.get("x-acked-cost"))).toBeGreaterThan(0);
  });

  it("need a token: 401 before anything is looked at, in the media type that was asked for", async () => {
    for (const accept of [
      "application/json",
      "application/graphql-response+json",
    ]) {
      const { status, answer, response } = await get(
        { query: "not a document" },
        { name: "", accept },
      );
      expect(status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(response.headers.get("content-type")).toContain(accept);
      expect(answer.errors).toMatchObject([
        { extensions: { code: "UNAUTHENTICATED" } },
      ]);
    }
  });

  it.each<[string, Record<string, string>]>([
    ["a document that is wrong", { query: "{ nothing }" }],
    ["no document", {}],
    ["variables that are no JSON", { query: viewer, variables: "{" }],
    ["variables that are no object", { query: viewer, variables: "[1]" }],
    ["extensions that are no object", { query: viewer, extensions: "1" }],
  ])("pass the gate as POST does: 400 for %s", async (_, parameters) => {
    const { status, answer } = await get(parameters);
    expect(status).toBe(400);
    expect(answer.errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  it("are refused where a parameter is given twice", async () => {
    const query = encodeURIComponent(viewer);
    const answer = await fetch(`${server.url}?query=${query}&query=${query}`, {
      headers: {
        authorization: `Bearer ${await server.token(chat.id("alice"))}`,
      },
    });
    expect(answer.status).toBe(400);
  });

  it("are charged like those by POST", async () => {
    const dear =
      "{ conversations(first: 20) { nodes { id title createdAt } } }";
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++)
      statuses.push((await get({ query: dear })).status);
    const { data, errors } = await chat.ask("alice", dear);
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(429);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
  });
});

it.each([
  [
    "a mutation",
    "mutation { setReadReceipts(input: { enabled: false }) { viewer { id } } }",
  ],
  ["a subscription", "subscription { messageAdded { cursor } }"],
])("%s by GET, or by HEAD, is 405 and does nothing", async (_, query) => {
  for (const accept of ["application/json", "text/event-stream"]) {
    const { status, response, answer } = await get({ query }, { accept });
    expect(status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
    expect(answer.errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT" } },
    ]);
  }
  const head = await fetch(`${server.url}?query=${encodeURIComponent(query)}`, {
    method: "HEAD",
    headers: {
      accept: "application/json",
      authorization: `Bearer ${await server.token(chat.id("alice"))}`,
    },
  });
  expect(head.status).toBe(405);
  const found = await chat.get<{ viewer: { readReceipts: boolean } }>(
    "alice",
    "{ viewer { readReceipts } }",
  );
  expect(found.viewer.readReceipts).toBe(true);
});

it("a page of another site may ask by GET with a token, which browsers ask for first", async () => {
  const preflight = await fetch(server.url, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:5173",
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    },
  });
  expect(preflight.headers.get("access-control-allow-methods")).toContain(
    "GET",
  );
  expect(preflight.headers.get("access-control-allow-headers")).toContain(
    "authorization",
  );
  const { response } = await get(
    { query: viewer },
    { origin: "http://localhost:5173" },
  );
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  const page = await fetch(server.url, {
    headers: { accept: "text/html", origin: "http://localhost:5173" },
  });
  expect(page.headers.get("access-control-allow-origin")).toBeNull();
});
