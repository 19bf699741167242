import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  createSession,
  resumeWithNewToken,
  type Session,
} from "../../packages/client/src/kit/session.js";
import { createReceiptQueue } from "../../packages/client/src/receipt-queue.js";

const hourMs = 3_600_000;

/** A session whose tokens are named 1, 2, 3 and so on. */
function numbered(lifeMs = hourMs): Session {
  let fetched = 0;
  return createSession(() =>
    Promise.resolve({
      token: String(++fetched),
      expiresAtMs: Date.now() + lifeMs,
    }),
  );
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

it("a token that many requests were refused with is replaced once", async () => {
  const session = numbered();
  const used = await session.token();
  vi.advanceTimersByTime(120_000);
  await Promise.all([session.renew(used), session.renew(used)]);
  await session.renew(used);
  expect(session.current).toBe("2");
});

it("a fresh token that is refused means signing in again", async () => {
  const session = numbered();
  await session.token();
  await expect(session.renew("1")).rejects.toThrow("sign in");
  await expect(session.renew()).rejects.toThrow("sign in");
});

it("a token that has expired is replaced, however short its life", async () => {
  const session = numbered(10_000);
  const used = await session.token();
  vi.advanceTimersByTime(10_000);
  await session.renew(used);
  expect(session.current).toBe("2");
});

it("queues that are refused one after the other with the same token go on, and nobody has to sign in", async () => {
  const session = numbered();
  await session.token();
  vi.advanceTimersByTime(120_000);
  const onSignIn = vi.fn();
  const refusals: (() => void)[] = [];
  const queues = ["alice", "bob"].map((userId) => {
    const queue = createReceiptQueue({
      userId,
      async send({ input }) {
        if ((await session.token()) === "1")
          await new Promise((_resolve, reject) =>
            refusals.push(() =>
              reject(
                Object.assign(new Error("refused"), {
                  errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
                }),
              ),
            ),
          );
        return { results: input.receipts.map(() => ({ error: null })) };
      },
    });
    resumeWithNewToken(queue, session, onSignIn);
    queue.read({ id: "m", seq: 1, conversationId: "c" });
    return queue;
  });
  for (const [i, queue] of queues.entries()) {
    await vi.waitFor(() => expect(refusals).toHaveLength(2));
    refusals[i]?.();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
  }
  expect(onSignIn).not.toHaveBeenCalled();
  expect(session.current).toBe("2");
  for (const queue of queues) await queue.close();
});
