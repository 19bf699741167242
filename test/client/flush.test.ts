import { describe, expect, it } from "vitest";
import {
  createOutbox,
  createReceiptQueue,
  memoryStorage,
  type Connectivity,
} from "../../packages/client/src/index.js";
import {
  accepted,
  heldSend,
  idle,
  message,
  serverError,
  until,
} from "./support/marks.js";

/** A device that says by itself when it is online again, as React Native's NetInfo does. */
function device() {
  const listeners = new Set<() => void>();
  const connectivity: Connectivity = {
    onOnline(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    connectivity,
    listeners,
    comeOnline: () => [...listeners].forEach((listener) => listener()),
  };
}

describe("connectivity", () => {
  it("ends a back-off at once, however long it has grown, and nothing listens after the close", async () => {
    const { connectivity, listeners, comeOnline } = device();
    let isOnline = false;
    const queue = createReceiptQueue({
      userId: "bob",
      storage: memoryStorage(),
      connectivity,
      backOff: { firstMs: 3_600_000, longestMs: 3_600_000 },
      send: async (variables) => {
        if (!isOnline) throw new TypeError("Network request failed");
        return accepted(variables);
      },
    });
    queue.read(message(1));
    await until(queue, () => queue.failure !== null);
    isOnline = true;
    comeOnline();
    await idle(queue);
    await queue.close();
    expect(listeners.size).toBe(0);
  });
});

describe("flush", () => {
  const queueOf = (held: ReturnType<typeof heldSend>) =>
    createReceiptQueue({
      userId: "bob",
      storage: memoryStorage(),
      backOff: { firstMs: 3_600_000, longestMs: 3_600_000 },
      send: held.send,
    });

  it("resolves once the server has every entry, those made meanwhile too", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    const flushed = queue.flush();
    const first = await held.request(0);
    queue.read(message(2));
    first.accept();
    (await held.request(1)).accept();
    await flushed;
    expect(queue.pending).toBe(0);
    await queue.flush();
    await queue.close();
  });

  it("rejects at the first failure, and sends at once when it is called again", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    const flushed = queue.flush();
    (await held.request(0)).fail(new TypeError("Failed to fetch"));
    await expect(flushed).rejects.toMatchObject({
      failure: { code: "NETWORK" },
    });
    const again = queue.flush();
    (await held.request(1)).accept();
    await again;
    await queue.close();
  });

  it("rejects where the token is refused, the queue is paused, or closed", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    const flushed = queue.flush();
    (await held.request(0)).fail(serverError("UNAUTHENTICATED"));
    const refused = { failure: { code: "UNAUTHENTICATED" } };
    await expect(flushed).rejects.toMatchObject(refused);
    await until(queue, () => queue.state === "paused");
    await expect(queue.flush()).rejects.toMatchObject(refused);
    await queue.close();
    await expect(queue.flush()).rejects.toThrow();
  });

  it("of an outbox waits for all messages, and for none that was refused for good", async () => {
    const outbox = createOutbox({
      userId: "bob",
      storage: memoryStorage(),
      send: async ({ input }) => {
        if (input.body === "bad") throw serverError("BAD_USER_INPUT");
        return { message: { id: input.clientId } };
      },
    });
    for (const body of ["one", "bad", "two"])
      outbox.send({ conversationId: "c", body });
    await outbox.flush();
    expect(outbox.items.map(({ state }) => state)).toEqual([
      ...["sent", "failed", "sent"],
    ]);
    await outbox.close();
  });
});
