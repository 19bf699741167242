import { createServer } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { currentTracer } from "../src/foundation/tracer.js";
import { createLog } from "../src/log/log.js";
import { Chat } from "./support/chat.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { logLines } from "./support/log-lines.js";
import { startOtlpReceiver, type ReceivedSpan } from "./support/otlp.js";
import { startTestServer } from "./support/server.js";

const cleanups = cleanupsAfterEachTest();

const markRead = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;
const follow = `subscription ($id: ID) { messageStatusChanged(conversationId: $id) { cursor messages { body } } }`;

describe("without an endpoint", () => {
  it("nothing is traced, and nothing of OpenTelemetry is loaded", async () => {
    const server = await startTestServer();
    cleanups.push(() => server.close());
    await server.execute("alice", "{ viewer { id } }");
    expect(currentTracer()).toBeNull();
  });
});

describe("with OTEL_EXPORTER_OTLP_ENDPOINT", () => {
  afterEach(() => expect(currentTracer()).toBeNull());

  it("a mark is seen from its HTTP request to the statement to the event, in the caller's trace", async () => {
    const { receiver, server, chat } = await started();
    const bob = server.connect(chat.id("bob"));
    const message = await chat.say("alice");
    const events = bob.subscribe(follow, { id: chat.conversationId });
    await bob.execute("{ viewer { id } }");
    await vi.waitFor(() =>
      expect(server.services.hub.countByState().get("live")).toBe(1),
    );
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const answer = await server.post(
      {
        authorization: `Bearer ${await server.token(chat.id("bob"))}`,
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
        tracestate: "vendor=planted",
      },
      { query: markRead, variables: { id: message.id } },
    );
    expect(answer.data).toEqual({ markRead: { changed: true } });
    await events.next();
    await server.close();
    const ofMark = receiver.spans.filter((span) => span.traceId === traceId);
    const request = named(ofMark, "POST /graphql");
    expect(request.parentSpanId).toBe("b7ad6b7169203331");
    expect(request.attributes).toMatchObject({
      "http.route": "/graphql",
      "http.response.status_code": 200,
    });
    const batch = named(ofMark, "write marks");
    const statement = ofMark.find(
      (span) =>
        span.parentSpanId === batch.spanId &&
        span.attributes["db.system.name"] === "postgresql",
    );
    expect(batch.parentSpanId).toBe(request.spanId);
    expect(statement?.attributes["db.query.summary"]).toBe(statement?.name);
    const round = named(ofMark, "stream round");
    expect(round.parentSpanId).toBe(batch.spanId);
    const event = named(ofMark, "event");
    expect(event.parentSpanId).toBe(round.spanId);
    expect(event.attributes).toMatchObject({
      "acked.kind": "status",
      "acked.followers": 1,
    });
    const socket = receiver.spans.filter(
      ({ name }) => name === "socket operation",
    );
    expect(
      socket.map(({ attributes }) => attributes["acked.operation"]),
    ).toEqual(expect.arrayContaining(["viewer", "messageStatusChanged"]));
  });

  it("marks that are written together are linked from their batch", async () => {
    const { receiver, server, chat } = await started();
    const message = await chat.say("alice");
    const sockets = Array.from({ length: 3 }, () =>
      server.connect(chat.id("bob")),
    );
    for (const socket of sockets) await socket.execute("{ viewer { id } }");
    await vi.waitFor(
      async () => {
        await Promise.all(
          sockets.flatMap((socket) =>
            Array.from({ length: 20 }, () =>
              socket.execute(markRead, { id: message.id }),
            ),
          ),
        );
        await vi.waitFor(() => {
          const batch = receiver.spans.find(
            ({ name, links }) => name === "write marks" && links.length > 1,
          );
          expect(batch).toBeDefined();
          const bySpan = new Map(
            receiver.spans.map((span) => [span.spanId, span]),
          );
          for (const link of batch?.links ?? [])
            expect(bySpan.get(link)?.attributes["acked.operation"]).toBe(
              "markRead",
            );
          expect(batch?.attributes["acked.batch.size"]).toBe(
            batch?.links.length,
          );
        });
      },
      { timeout: 20_000 },
    );
    await server.close();
  });

  it("no span holds a body, an id, a token, a name or a value of a statement, also of what failed", async () => {
    const { receiver, server, chat } = await started();
    const token = await server.token(chat.id("bob"), { name: "planted name" });
    const authorization = `Bearer ${token}`;
    const message = await chat.say("alice");
    const bob = server.connect(chat.id("bob"));
    const events = bob.subscribe(follow, { id: chat.conversationId });
    await bob.execute("{ viewer { id } }");
    await chat.get("bob", markRead, { id: message.id });
    await events.next();
    await server.post(
      { authorization, tracestate: "planted=1" },
      { query: "query planted { planted }", operationName: "planted" },
    );
    await fetch(new URL("/planted?planted=1", server.url));
    await chat.ask("bob", markRead, { id: "planted" });
    await server.close();
    expect(receiver.spans.length).toBeGreaterThan(10);
    const text = receiver.bytes.toString("latin1");
    for (const content of [
      ...["planted", message.id, message.clientId, message.body],
      ...[chat.conversationId, chat.id("alice"), chat.id("bob"), token],
    ])
      expect(text).not.toContain(content);
  });

  it.each(["refuses", "is silent", "is not there"] as const)(
    "a receiver that %s hurts nothing, and is told of in the log without content",
    async (how) => {
      const receiver = await startOtlpReceiver({ status: 400 });
      const silent = createServer();
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      const address = silent.address();
      const port = typeof address === "object" && address ? address.port : 0;
      const taken = logLines();
      const endpoints = {
        refuses: receiver.endpoint,
        "is silent": `http://127.0.0.1:${port}`,
        "is not there": "http://127.0.0.1:9",
      };
      const sockets = new Set<{ destroy(): void }>();
      silent.on("connection", (socket) => sockets.add(socket));
      const server = await startTestServer(
        { OTEL_EXPORTER_OTLP_ENDPOINT: endpoints[how] },
        {},
        createLog({ level: "warn" }, taken.output),
      );
      try {
        for (let i = 0; i < 20; i++)
          expect(
            await server.execute("alice", "{ viewer { id } }"),
          ).toMatchObject({ data: { viewer: { id: "alice" } } });
      } finally {
        await server.close();
      }
      if (how === "refuses") {
        expect(receiver.requests).toBeGreaterThan(0);
        expect(taken.text).toContain("traces could not be sent");
      }
      expect(taken.text).not.toContain("alice");
      for (const socket of sockets) socket.destroy();
      silent.close();
      await receiver.close();
    },
    30_000,
  );

  async function started() {
    const receiver = await startOtlpReceiver();
    cleanups.push(() => receiver.close());
    vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "100");
    const server = await startTestServer({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    });
    vi.unstubAllEnvs();
    cleanups.push(() => server.close());
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    return { receiver, server, chat };
  }
});

function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.find((span) => span.name === name);
  if (!found)
    throw new Error(
      `no ${name} in ${spans.map((span) => span.name).join(", ")}`,
    );
  return found;
}
