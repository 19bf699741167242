import { afterEach, describe, expect, it } from "vitest";
import {
  createOutbox,
  memoryStorage,
  type Outbox,
  type OutboxItem,
  type OutboxOptions,
  type SendMessageVariables,
} from "../../packages/client/src/index.js";
import { idle, serverError, until } from "./support/marks.js";

const open = new Set<Outbox>();
afterEach(() => {
  for (const outbox of open) void outbox.close();
  open.clear();
});

/** A server of messages: answers when it is told to. */
function heldServer() {
  const requests: {
    readonly input: SendMessageVariables["input"];
    store(): void;
    fail(error: unknown): void;
  }[] = [];
  return {
    requests,
    send: ({ input }: SendMessageVariables) =>
      new Promise<{ message: { id: string } }>((resolve, reject) => {
        requests.push({
          input,
          store: () => resolve({ message: { id: `m-${input.clientId}` } }),
          fail: reject,
        });
      }),
    async request(number: number) {
      for (;;) {
        const found = requests[number];
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

function outboxOf(options: Partial<OutboxOptions>): Outbox {
  const outbox = createOutbox({
    userId: "alice",
    storage: memoryStorage(),
    backOff: { firstMs: 2, longestMs: 2 },
    send: ({ input }) =>
      Promise.resolve({ message: { id: `m-${input.clientId}` } }),
    ...options,
  });
  open.add(outbox);
  return outbox;
}

const look = (outbox: Outbox) =>
  outbox.items.map(({ draft, state }) => `${String(draft.body)} ${state}`);

const draft = (body: string, conversationId = "c") => ({
  conversationId,
  body,
});

describe("an outbox", () => {
  it("shows a message as sending at once, as sent with what the server made of it", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    const item = outbox.send({
      ...draft("hi"),
      type: "image",
      fileType: "png",
    });
    expect(item.state).toBe("sending");
    expect(outbox.items).toEqual([item]);
    expect(outbox.pending).toBe(1);
    const request = await server.request(0);
    expect(request.input).toEqual({
      clientId: item.clientId,
      conversationId: "c",
      body: "hi",
      type: "image",
      fileType: "png",
    });
    request.store();
    await idle(outbox);
    expect(outbox.items).toEqual([
      { ...item, state: "sent", message: { id: `m-${item.clientId}` } },
    ]);
    outbox.discard(item.clientId);
    expect(outbox.items).toEqual([]);
  });

  it("gives the same array until something changes", async () => {
    const outbox = outboxOf({});
    outbox.send(draft("hi"));
    const items = outbox.items;
    expect(outbox.items).toBe(items);
    await idle(outbox);
    expect(outbox.items).not.toBe(items);
    expect(outbox.items).toBe(outbox.items);
  });

  it("keeps order within a conversation, and lets others go at the same time", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    for (const body of ["1", "2", "3"]) outbox.send(draft(body, "c"));
    outbox.send(draft("4", "d"));
    (await server.request(0)).store();
    (await server.request(1)).store();
    (await server.request(2)).store();
    (await server.request(3)).store();
    await idle(outbox);
    expect(server.requests.map(({ input }) => input.body)).toEqual([
      "1",
      "4",
      "2",
      "3",
    ]);
  });

  it("keeps order through failures, with the same clientId each time", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    outbox.send(draft("2"), "b");
    (await server.request(0)).fail(new Error("fetch failed"));
    (await server.request(1)).fail(serverError("UNAVAILABLE"));
    (await server.request(2)).store();
    (await server.request(3)).store();
    await idle(outbox);
    expect(server.requests.map(({ input }) => input.clientId)).toEqual([
      "a",
      "a",
      "a",
      "b",
    ]);
  });

  it.each([
    "CONFLICT",
    "NOT_FOUND",
    "BAD_USER_INPUT",
    "FORBIDDEN",
    "INTERNAL_SERVER_ERROR",
  ])(
    "sets aside as failed what is answered %s; the next goes on",
    async (code) => {
      const server = heldServer();
      const outbox = outboxOf(server);
      outbox.send(draft("1"), "a");
      outbox.send(draft("2"), "b");
      (await server.request(0)).fail(serverError(code));
      (await server.request(1)).store();
      await idle(outbox);
      expect(look(outbox)).toEqual(["1 failed", "2 sent"]);
      expect(outbox.items[0]).toMatchObject({ failure: { code } });
      expect([outbox.pending, outbox.failure]).toEqual([0, null]);
    },
  );

  it("sends a failed one again when told to, after the others", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    (await server.request(0)).fail(serverError("NOT_FOUND"));
    await idle(outbox);
    outbox.send(draft("2"), "b");
    outbox.retry("a");
    outbox.retry("b");
    outbox.retry("nobody");
    expect(look(outbox)).toEqual(["2 sending", "1 sending"]);
    (await server.request(1)).store();
    (await server.request(2)).store();
    await idle(outbox);
    expect(server.requests.map(({ input }) => input.clientId)).toEqual([
      "a",
      "b",
      "a",
    ]);
  });

  it("retries under a new clientId where the old one was taken", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    (await server.request(0)).fail(serverError("CONFLICT"));
    await idle(outbox);
    outbox.retry("a");
    (await server.request(1)).store();
    await idle(outbox);
    expect(look(outbox)).toEqual(["1 sent"]);
    expect(server.requests[1]?.input.clientId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("takes one out, also one that is under way", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    outbox.send(draft("2"), "b");
    outbox.send(draft("3"), "c");
    const first = await server.request(0);
    outbox.discard("a");
    outbox.discard("b");
    first.store();
    (await server.request(1)).store();
    await idle(outbox);
    expect(look(outbox)).toEqual(["3 sent"]);
    expect(server.requests).toHaveLength(2);
  });

  it("does not bring back one that was taken out while it was refused", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    const first = await server.request(0);
    outbox.discard("a");
    first.fail(serverError("NOT_FOUND"));
    await idle(outbox);
    expect(outbox.items).toEqual([]);
  });

  it("pauses for a new token, and loses nothing", async () => {
    const server = heldServer();
    const outbox = outboxOf(server);
    outbox.send(draft("1"), "a");
    (await server.request(0)).fail(serverError("UNAUTHENTICATED"));
    await until(outbox, () => outbox.state === "paused");
    expect(look(outbox)).toEqual(["1 sending"]);
    outbox.resume();
    (await server.request(1)).store();
    await idle(outbox);
  });

  it("lets go of sent ones beyond a hundred", async () => {
    const outbox = outboxOf({});
    for (let i = 0; i < 105; i++) outbox.send(draft(`${i}`));
    await idle(outbox);
    expect(outbox.items).toHaveLength(100);
    expect(outbox.items[0]?.draft.body).toBe("5");
  });

  it("keeps its messages through a reload: what was under way is sent again by its clientId", async () => {
    const storage = memoryStorage<OutboxItem>();
    const before = heldServer();
    const first = outboxOf({ ...before, storage });
    first.send(draft("0"), "z");
    (await before.request(0)).fail(serverError("NOT_FOUND"));
    await idle(first);
    first.send(draft("1"), "a");
    first.send(draft("2"), "b");
    await before.request(1);

    const after = heldServer();
    const second = outboxOf({ ...after, storage });
    (await after.request(0)).store();
    (await after.request(1)).store();
    await idle(second);
    expect(after.requests.map(({ input }) => input.clientId)).toEqual([
      "a",
      "b",
    ]);
    expect(look(second)).toEqual(["0 failed", "1 sent", "2 sent"]);
  });

  it("sends what an earlier page left first, also where the clock was set back since", async () => {
    const storage = memoryStorage<OutboxItem>();
    const hourMs = 3_600_000;
    const left = ["0", "1"].map((body, i): OutboxItem => ({
      key: `left-${body}`,
      queuedAtMs: Date.now() + hourMs + i,
      clientId: `left-${body}`,
      draft: { conversationId: "c", body },
      state: "sending",
    }));
    await storage.update(left, []);
    const outbox = outboxOf({ storage });
    for (const body of ["2", "3"]) outbox.send({ conversationId: "c", body });
    await outbox.saved();
    const kept = [...(await storage.load())].sort(
      (a, b) => a.queuedAtMs - b.queuedAtMs,
    );
    expect(kept.map(({ draft }) => draft.body)).toEqual(["0", "1", "2", "3"]);
    await idle(outbox);
    expect(look(outbox)).toEqual(["0 sent", "1 sent", "2 sent", "3 sent"]);
  });
});
