import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { Chat, dataOf } from "./support/chat.js";
import { fairWith } from "./support/fair.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { accepts, HttpStreamClient } from "./support/http-stream.js";
import { sampleOf, scrape } from "./support/metrics.js";
import {
  startTestServer,
  type Answer,
  type TestServer,
} from "./support/server.js";
import { waitFor } from "./support/wait.js";

// Subscriptions over HTTP, byte by byte. The server's periodic check is out of the way: what must happen at
// once has to happen by itself.

const server = serverForFile({ SWEEP_MS: "60000", METRICS_PORT: "0" });
const chat = chatForEachTest(server);

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor messages { seq status { summaryText } }
  }
}`;
const addedDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { message { seq body } }
}`;

type Changed = Answer<{
  readonly messageStatusChanged: {
    readonly cursor: string;
    readonly messages: readonly {
      readonly status: { readonly summaryText: string };
    }[];
  };
}>;
type Added = Answer<{
  readonly messageAdded: {
    readonly message: { readonly seq: number; readonly body: string };
  };
}>;

/** Subscribes as a person; the stream is left at the end of the test. */
async function subscribe(
  on: Pick<TestServer, "url" | "token">,
  userId: string,
  {
    accept = accepts.events,
    query = statusDocument,
    variables = {},
    ttlSeconds = 3_600,
  }: {
    accept?: string;
    query?: string;
    variables?: Record<string, unknown>;
    ttlSeconds?: number;
  } = {},
): Promise<HttpStreamClient> {
  const token = await on.token(userId, { ttlSeconds });
  const stream = await HttpStreamClient.open(
    on,
    token,
    accept,
    query,
    variables,
  );
  onTestFinished(() => stream.leave());
  return stream;
}

const gauge = async (name: string, labels: Record<string, string> = {}) =>
  sampleOf(await scrape(server.metricsUrl), name, labels);

const codesOf = ({ errors }: Answer<unknown>) =>
  errors?.map(({ extensions }) => extensions?.code);

describe.each(["events", "parts"] as const)("a stream of %s", (kind) => {
  const accept = accepts[kind];

  it("brings events as a socket does, executed once for both", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const variables = {
      id: chat.conversationId,
      after: await chat.cursor("alice"),
    };
    const watching = server
      .connect(chat.id("alice"))
      .subscribe<NonNullable<Changed["data"]>>(statusDocument, variables);
    const streams = [
      await subscribe(server, chat.id("alice"), { accept, variables }),
      await subscribe(server, chat.id("alice"), { accept, variables }),
    ];
    await waitFor(async () =>
      expect(
        await gauge("acked_stream_followers", { state: "live" }),
      ).toBeGreaterThanOrEqual(3),
    );
    const executions = () =>
      gauge("acked_stream_executions_total", { kind: "status" });
    const before = await executions();
    await chat.read("bob", message);
    const told = await watching.next();
    for (const stream of streams)
      expect(await stream.until<Changed>(1)).toEqual([told]);
    expect((await executions()) - before).toBe(1);
    expect(streams[0]?.response.headers).toMatchObject({
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-request-id": expect.any(String) as string,
      "x-acked-cost": expect.any(String) as string,
    });
  });

  it("R22, R21: ends when the token expires, and one with a later token resumes by the cursor", async () => {
    await chat.conversation("alice", "bob");
    const [first, second] = await chat.sayMany("alice", 2);
    if (!first || !second) throw new Error("nothing was said");
    const id = chat.conversationId;
    const after = await chat.cursor("alice");
    const stream = await subscribe(server, chat.id("alice"), {
      ...{ accept, variables: { id, after } },
      ttlSeconds: 3,
    });
    await chat.receive("bob", first);
    const [told] = await stream.until<Changed>(1);
    if (!told) throw new Error("nothing was told");
    await stream.gone();
    expect(stream.text).toContain("Token expired");
    expect(stream.text).not.toContain("event: complete");
    if (kind === "parts")
      expect(stream.text).toContain(
        '{"payload":null,"errors":[{"message":"Token expired.","extensions":{"code":"UNAUTHENTICATED"}}]}',
      );

    await chat.read("bob", second);
    const resumed = await subscribe(server, chat.id("alice"), {
      accept,
      variables: { id, after: dataOf(told).messageStatusChanged.cursor },
    });
    const [next] = await resumed.until<Changed>(1);
    expect(next?.data?.messageStatusChanged.messages).toEqual([
      { seq: 2, status: { summaryText: "Read" } },
    ]);
  });

  it("R21: is complete for whoever is removed", async () => {
    await chat.conversation("alice", "bob");
    const variables = { id: chat.conversationId };
    const stream = await subscribe(server, chat.id("bob"), {
      accept,
      variables,
    });
    await chat.remove("alice", "bob");
    await stream.gone();
    expect(stream.isWhole).toBe(true);
    expect(stream.text).toContain(
      kind === "events" ? "event: complete\ndata: \n\n" : "--graphql--",
    );
    expect(stream.text).not.toContain("errors");
  });

  it("R18: who may not subscribe is told in one result, and the stream is complete", async () => {
    await chat.conversation("alice", "bob");
    for (const id of [chat.conversationId, "nowhere"]) {
      const stream = await subscribe(server, chat.id("eve"), {
        ...{ accept, variables: { id } },
      });
      await stream.gone();
      expect(stream.results<Changed>().map(codesOf)).toEqual([["NOT_FOUND"]]);
    }
  });

  it("is refused before it begins where the gate refuses, and without a token", async () => {
    const wrong = await subscribe(server, chat.id("alice"), {
      ...{ accept, query: "subscription { nothing }" },
    });
    expect(wrong.response.statusCode).toBe(400);
    const late = await subscribe(server, chat.id("alice"), {
      ...{ accept, ttlSeconds: -1 },
    });
    expect(late.response.statusCode).toBe(401);
  });

  it("frees all that it took when its client leaves without a word", async () => {
    await chat.conversation("alice", "bob");
    const before = await gauge("acked_subscriptions");
    const open = await gauge("acked_http_streams");
    const streams = await Promise.all(
      Array.from({ length: 20 }, () =>
        subscribe(server, chat.id("alice"), {
          ...{ accept, variables: { id: chat.conversationId } },
        }),
      ),
    );
    await waitFor(async () =>
      expect(await gauge("acked_subscriptions")).toBe(before + 20),
    );
    expect(await gauge("acked_http_streams")).toBe(open + 20);
    for (const stream of streams) stream.leave();
    await waitFor(async () => {
      expect(await gauge("acked_subscriptions")).toBe(before);
      expect(await gauge("acked_http_streams")).toBe(open);
    });
  });
});

describe("what is answered with a stream", () => {
  it("queries and mutations to a client that wants events alone: one result, and the end", async () => {
    const asked = await subscribe(server, chat.id("alice"), {
      query: "{ viewer { id } }",
    });
    await asked.gone();
    expect(asked.text).toBe(
      `event: next\ndata: {"data":{"viewer":{"id":"${chat.id("alice")}"}}}\n\nevent: complete\ndata: \n\n`,
    );
  });

  it.each([
    "application/json",
    "*/*",
    "application/graphql-response+json, text/event-stream",
    "text/event-stream;q=0.5, application/json",
  ])("no query where the client prefers %s", async (accept) => {
    const asked = await subscribe(server, chat.id("alice"), {
      ...{ accept, query: "{ viewer { id } }" },
    });
    await asked.gone();
    expect(asked.response.headers["content-type"]).toContain("json");
  });

  it.each(["application/json", "*/*", "multipart/mixed", "text/html"])(
    "no subscription where the client takes only %s: 400, and the ways that there are",
    async (accept) => {
      const asked = await subscribe(server, chat.id("alice"), { accept });
      await asked.gone();
      expect(asked.response.statusCode).toBe(400);
      expect(asked.text).toContain("graphql-transport-ws");
      expect(asked.text).toContain("text/event-stream");
    },
  );
});

describe("shares", () => {
  const tight = serverForFile(
    { SWEEP_MS: "60000" },
    {
      fair: fairWith({
        shares: { sockets: 3, subscriptions: 5, subscriptionsToOne: 2 },
        underWay: { running: 1, first: 1, all: 10 },
      }),
    },
  );
  const few = chatForEachTest(tight);

  it("a stream is one of its user's sockets: past the share it is 429 with Retry-After, and let in when another has left", async () => {
    await few.conversation("alice", "bob");
    const socket = tight.connect(few.id("alice"));
    const query = `subscription { messageAdded { cursor } }`;
    const events = socket.subscribe(statusDocument, { id: few.conversationId });
    await waitFor(() => expect(tight.services.hub.size.subscriptions).toBe(1));
    const open = () => subscribe(tight, few.id("alice"), { query });
    const [first] = [await open(), await open()];
    const refused = await open();
    expect(refused.response.statusCode).toBe(429);
    expect(refused.response.headers["retry-after"]).toBe("1");
    await refused.gone();
    expect(refused.text).toContain("RATE_LIMITED");
    first.leave();
    await waitFor(async () =>
      expect((await open()).response.statusCode).toBe(200),
    );
    events.stop();
    await socket.close();
  });

  it("a stream counts as a subscription to its conversation, over sockets and streams together", async () => {
    await few.conversation("alice", "bob");
    const variables = { id: few.conversationId };
    const socket = tight.connect(few.id("alice"));
    const events = socket.subscribe(statusDocument, variables);
    const stream = await subscribe(tight, few.id("alice"), { variables });
    await waitFor(() => expect(tight.services.hub.size.subscriptions).toBe(2));
    const third = await subscribe(tight, few.id("alice"), { variables });
    const [told] = await third.until<Changed>(1);
    expect(told && codesOf(told)).toEqual(["RATE_LIMITED"]);
    await third.gone();
    stream.leave();
    await waitFor(async () => {
      const again = await subscribe(tight, few.id("alice"), { variables });
      await delay(100);
      expect(again.results()).toEqual([]);
      again.leave();
    });
    events.stop();
    await socket.close();
  });

  it("an open stream keeps no turn: with one at a time, queries go on", async () => {
    await few.conversation("alice", "bob");
    await subscribe(tight, few.id("alice"), {
      variables: { id: few.conversationId },
    });
    expect(await few.get<object>("alice", "{ viewer { id } }")).toBeDefined();
  });
});

describe("R24: a stream that is not read", () => {
  const impatient = serverForFile({ SWEEP_MS: "60000" }, { stuckMs: 1_000 });

  /** Sends messages of 60 KiB, all at once. */
  async function sayMuch(on: TestServer, of: Chat, count: number) {
    const viewer = {
      userId: of.id("alice"),
      isService: false,
      expiresAtMs: Infinity,
    };
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        on.services.messages.send(viewer, {
          conversationId: of.conversationId,
          clientId: `${of.conversationId} ${i}`,
          body: "x".repeat(60 * 1_024),
          ...{ type: "text", fileType: null, senderId: null },
        }),
      ),
    );
  }

  it("R24: falls behind, and when it is read again brings every message, in order", async () => {
    await chat.conversation("alice", "bob");
    const variables = {
      id: chat.conversationId,
      after: await chat.cursor("bob"),
    };
    const slow = await subscribe(server, chat.id("bob"), {
      ...{ query: addedDocument, variables },
    });
    slow.pause();
    const followers = (state: string) =>
      gauge("acked_stream_followers", { state });
    await sayMuch(server, chat, 200);
    await waitFor(async () => expect(await followers("behind")).toBe(1));
    slow.resume();
    const told = await slow.until<Added>(200);
    expect(told.map(({ data }) => data?.messageAdded.message.seq)).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  });

  it("R22, R24: is broken off when it stays stuck, and resumes by its cursor", async () => {
    const others = new Chat(impatient);
    await others.conversation("alice", "bob");
    const after = await others.cursor("bob");
    const variables = { id: others.conversationId, after };
    const stuck = await subscribe(impatient, others.id("bob"), {
      ...{ query: addedDocument, variables },
    });
    stuck.pause();
    await sayMuch(impatient, others, 200);
    await waitFor(() =>
      expect(impatient.services.hub.size.subscriptions).toBe(0),
    );
    stuck.resume();
    await stuck.gone();
    expect(stuck.isWhole).toBe(false);
    const seen = stuck.results<Added>().length;
    expect(seen).toBeLessThan(200);
    const resumed = await subscribe(impatient, others.id("bob"), {
      ...{ query: addedDocument, variables },
    });
    await resumed.until(200);
  });
});

it("a stop ends streams, tells their clients to come back, and takes no new ones", async () => {
  const stopped = await startTestServer({ DRAIN_MS: "500" });
  const last = new Chat(stopped);
  await last.conversation("alice", "bob");
  const variables = { id: last.conversationId };
  const streams = await Promise.all(
    [accepts.events, accepts.parts].map((accept) =>
      subscribe(stopped, last.id("alice"), { accept, variables }),
    ),
  );
  await waitFor(() => expect(stopped.services.hub.size.subscriptions).toBe(2));
  await stopped.close();
  for (const stream of streams) {
    await stream.gone();
    expect(stream.isWhole).toBe(true);
    expect(stream.text).toContain("Going away");
    expect(stream.text).not.toContain("event: complete");
  }
  expect(streams[1]?.text).toContain("UNAVAILABLE");
}, 30_000);
