import { createHash } from "node:crypto";
import {
  ApolloClient,
  ApolloLink,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
} from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { cacheExchange, Client, fetchExchange } from "@urql/core";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { openPlainProxy, type PlainProxy } from "./support/plain-proxy.js";
import { waitFor } from "./support/wait.js";

// Clients as they are installed, over HTTP alone, through a proxy that refuses upgrades.

const server = serverForFile();
const chat = chatForEachTest(server);
let proxy: PlainProxy;
beforeAll(async () => {
  proxy = await openPlainProxy(server.url);
});
afterAll(() => proxy.close());

const subscription = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor messages { id status { id summaryText } }
  }
}`;
const query = `query ($id: ID!) { message(id: $id) { id status { id summaryText } } }`;
const mutation = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed message { id status { id summaryText } } } }`;

interface Status {
  readonly id: string;
  readonly status: { readonly summaryText: string };
}
interface Changed {
  readonly messageStatusChanged: { readonly messages: readonly Status[] };
}
interface Found {
  readonly message: Status;
}
interface Marked {
  readonly markRead: { readonly changed: boolean };
}

const messageDocument: TypedDocumentNode<Found> = gql(query);

let message: Message;
let variables: { id: string; after: string };
beforeEach(async () => {
  await chat.conversation("alice", "bob");
  message = await chat.say("alice");
  variables = { id: chat.conversationId, after: await chat.cursor("alice") };
});

const headersOf = async (name: string) => ({
  authorization: `Bearer ${await server.token(chat.id(name))}`,
});

/** What each change said of the message. */
const summaries = (changes: readonly (Changed | null | undefined)[]) =>
  changes.flatMap(
    (change) =>
      change?.messageStatusChanged.messages.map(
        ({ status }) => status.summaryText,
      ) ?? [],
  );

it("graphql-sse: subscriptions, queries and mutations, each a request of its own", async () => {
  const client = createClient({
    url: proxy.url,
    headers: () => headersOf("alice"),
    retryAttempts: 0,
  });
  const changes: (Changed | null | undefined)[] = [];
  const over = new Promise<void>((resolve, reject) => {
    client.subscribe<Changed>(
      { query: subscription, variables },
      {
        next: ({ data }) => changes.push(data),
        error: reject,
        complete: resolve,
      },
    );
  });
  await chat.receive("bob", message);
  await waitFor(() => expect(summaries(changes)).toEqual(["Delivered"]));

  const once = async <T>(text: string) => {
    for await (const { data } of client.iterate<T>({
      query: text,
      variables: { id: message.id },
    }))
      return data;
    return null;
  };
  expect((await once<Found>(query))?.message.status.summaryText).toBe(
    "Delivered",
  );
  expect((await once<Marked>(mutation))?.markRead.changed).toBe(false);

  await chat.read("bob", message);
  await waitFor(() =>
    expect(summaries(changes)).toEqual(["Delivered", "Read"]),
  );
  await chat.leave("alice");
  await over;
  client.dispose();
});

describe("Apollo Client with HttpLink alone", () => {
  const clientOf = (name: string, link = new HttpLink({ uri: proxy.url })) =>
    new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.from([
        new ApolloLink((operation, forward) => {
          operation.setContext({ headers: tokens.get(name) });
          return forward(operation);
        }),
        link,
      ]),
    });
  const tokens = new Map<string, Record<string, string>>();
  beforeEach(async () => {
    for (const name of ["alice", "bob"])
      tokens.set(name, await headersOf(name));
  });

  it("subscribes, and its cache follows", async () => {
    const client = clientOf("alice");
    const found = client.watchQuery({
      query: messageDocument,
      variables: { id: message.id },
    });
    const shown: (string | undefined)[] = [];
    const watching = found.subscribe(({ data, dataState }) => {
      if (dataState === "complete") shown.push(data.message.status.summaryText);
    });
    const following = client
      .subscribe({ query: gql(subscription), variables })
      .subscribe({});
    await waitFor(() => expect(shown).toEqual(["Sent"]));
    await chat.receive("bob", message);
    await waitFor(() => expect(shown).toEqual(["Sent", "Delivered"]));
    await clientOf("bob").mutate({
      mutation: gql(mutation),
      variables: { id: message.id },
    });
    await waitFor(() => expect(shown).toEqual(["Sent", "Delivered", "Read"]));
    following.unsubscribe();
    watching.unsubscribe();
    client.stop();
  });

  it("is told of a refused subscription, and of its end", async () => {
    const client = clientOf("alice");
    const refused = new Promise<unknown>((resolve, reject) => {
      client
        .subscribe({
          query: gql(subscription),
          variables: { id: "no-such-conversation" },
        })
        .subscribe({
          next: ({ error }) => error && resolve(error),
          error: reject,
        });
    });
    expect(String(await refused)).toContain("No such conversation");
    const ended = new Promise<void>((resolve, reject) => {
      client
        .subscribe({ query: gql(subscription), variables })
        .subscribe({ error: reject, complete: resolve });
    });
    await waitFor(async () =>
      expect(
        (
          await client.query({
            query: gql("{ viewer { id } }"),
            fetchPolicy: "network-only",
          })
        ).data,
      ).toBeDefined(),
    );
    await chat.leave("alice");
    await ended;
  });

  it("asks by hash with GET, and sends the document when it learns that hashes are not registered here", async () => {
    const methods: (string | undefined)[] = [];
    const client = clientOf(
      "alice",
      ApolloLink.from([
        new PersistedQueryLink({
          sha256: (text) => createHash("sha256").update(text).digest("hex"),
          useGETForHashedQueries: true,
        }),
        new HttpLink({
          uri: proxy.url,
          fetch: (url, init) => {
            methods.push(init?.method);
            return fetch(url, init);
          },
        }),
      ]),
    );
    for (let i = 0; i < 2; i++) {
      const { data } = await client.query({
        query: messageDocument,
        variables: { id: message.id },
        fetchPolicy: "network-only",
      });
      expect(data?.message.status.summaryText).toBe("Sent");
    }
    expect(methods).toEqual(["GET", "POST", "POST"]);
  });
});

it("urql as it is: queries by GET, mutations and subscriptions by POST", async () => {
  const methods: (string | undefined)[] = [];
  const headers = await headersOf("alice");
  const client = new Client({
    url: proxy.url,
    fetchSubscriptions: true,
    fetchOptions: { headers },
    fetch: (url, init) => {
      methods.push(init?.method);
      return fetch(url, init);
    },
    exchanges: [cacheExchange, fetchExchange],
  });
  const found = await client.query<Found>(query, { id: message.id });
  expect(found.error).toBeUndefined();
  expect(found.data?.message.status.summaryText).toBe("Sent");
  const changes: (Changed | undefined)[] = [];
  const { unsubscribe } = client
    .subscription<Changed>(subscription, variables)
    .subscribe(({ data }) => changes.push(data));
  await chat.receive("bob", message);
  await waitFor(() => expect(summaries(changes)).toEqual(["Delivered"]));
  const marked = await client.mutation<Marked>(mutation, { id: message.id });
  expect(marked.data?.markRead.changed).toBe(false);
  unsubscribe();
  expect(methods).toEqual(["GET", "POST", "POST"]);
});

it("nobody asked for an upgrade", () => {
  expect(proxy.upgrades).toBe(0);
});
