import { beforeEach, expect, it, vi } from "vitest";

/** Globals of browsers and Node that React Native's engine lacks. */
const absent = [
  ...["crypto", "IntersectionObserver", "structuredClone", "indexedDB"],
  ...["BroadcastChannel", "document", "navigator", "addEventListener"],
  ...["removeEventListener"],
];

beforeEach(() => {
  for (const name of absent) vi.stubGlobal(name, undefined);
});

// The tests of these files run once more, without those globals.
await import("./receipt-queue.test.js");
await import("./outbox.test.js");
await import("./flush.test.js");

it("runs without the globals that React Native lacks", async () => {
  const { createOutbox } = await import("../../packages/client/src/index.js");
  expect(globalThis.crypto).toBeUndefined();
  const outbox = createOutbox({
    userId: "bob",
    send: ({ input }) => Promise.resolve({ message: { id: input.clientId } }),
  });
  const ids = Array.from(
    { length: 100 },
    () => outbox.send({ conversationId: "c", body: "hi" }).clientId,
  );
  expect(new Set(ids).size).toBe(100);
  await outbox.flush();
  await outbox.close();
});
