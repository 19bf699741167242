import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import type { Session } from "../explorer/src/session.js";
import { inbox, tour } from "../explorer/src/tour.js";
import { createSchema } from "../src/graphql/schema.js";
import { serverForFile } from "./support/for-file.js";

const server = serverForFile();
const withDemo = serverForFile({}, { demo: true });

async function sessionOf(url: string): Promise<Session> {
  const answer = await fetch(new URL("/explorer/session.json", url), {
    headers: { "x-acked-demo": "1" },
  });
  return (await answer.json()) as Session;
}

describe("what the explorer may act as", () => {
  it("is the demo's people, each with a token that is taken here", async () => {
    const { people } = await sessionOf(withDemo.url);
    expect(people.map(({ name }) => name)).toEqual(["Alice", "Bob", "Carol"]);
    for (const { id, token } of people)
      expect(
        await withDemo.post(
          { authorization: `Bearer ${token}` },
          { query: "{ viewer { id } }" },
        ),
      ).toMatchObject({ data: { viewer: { id } } });
  });

  it("is nobody where there is no demo", async () => {
    expect(await sessionOf(server.url)).toEqual({ people: [] });
  });

  it("is nobody for a page of another site", async () => {
    const answer = await fetch(
      new URL("/explorer/session.json", withDemo.url),
      { headers: { "x-acked-demo": "1", "sec-fetch-site": "cross-site" } },
    );
    expect(answer.status).toBe(403);
  });
});

describe("the explorer's tabs", () => {
  it("are documents of the schema, and a subscription is among the tour's", () => {
    const schema = createSchema();
    const documents = [...tour("demo", "message"), ...inbox].map(({ query }) =>
      parse(query),
    );
    for (const document of documents)
      expect(validate(schema, document)).toEqual([]);
    expect(
      documents.flatMap(({ definitions }) =>
        definitions.map((each) => "operation" in each && each.operation),
      ),
    ).toEqual(["query", "subscription", "mutation", "mutation", "query"]);
  });

  it("answer in their order, as the people that the tour names", async () => {
    const { people, conversationId, messageId } = await sessionOf(withDemo.url);
    for (const { personId, query, variables } of tour(
      conversationId ?? "",
      messageId ?? null,
    )) {
      if (query.includes("subscription")) continue;
      const token = people.find(({ id }) => id === personId)?.token ?? "";
      const { errors } = await withDemo.post(
        { authorization: `Bearer ${token}` },
        { query, variables },
      );
      expect(errors).toBeUndefined();
    }
  });
});

it("is where the root sends browsers; programs are told the paths", async () => {
  const root = (accept: string) =>
    fetch(new URL("/", withDemo.url), {
      headers: { accept },
      redirect: "manual",
    });
  const browsers = await root("text/html,*/*");
  expect(browsers.status).toBe(302);
  expect(browsers.headers.get("location")).toBe("/graphql");
  expect(await (await root("application/json")).json()).toEqual({
    graphql: "/graphql",
    alive: "/livez",
    ready: "/readyz",
    demo: "/demo/",
  });
});

it("answers GET from anything but a browser with a clear error", async () => {
  const answer = await fetch(`${server.url}?query={viewer{id}}`, {
    headers: { accept: "application/json" },
  });
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("POST");
  expect(await answer.json()).toMatchObject({
    errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
  });
});
