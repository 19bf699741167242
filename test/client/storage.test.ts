import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  createReceiptQueue,
  indexedDbStorage,
  memoryStorage,
  type QueueEntry,
  type QueueStorage,
  type ReceiptMark,
  type ReceiptQueue,
  type ReceiptQueueOptions,
} from "../../packages/client/src/index.js";
import { accepted, heldSend, idle, message, until } from "./support/marks.js";
import { mortalStorage } from "./support/mortal-storage.js";

const open = new Set<ReceiptQueue>();
afterEach(() => {
  for (const queue of open) void queue.close();
  open.clear();
});

function queueOf(options: Partial<ReceiptQueueOptions>): ReceiptQueue {
  const queue = createReceiptQueue({
    userId: "bob",
    send: (variables) => Promise.resolve(accepted(variables)),
    ...options,
  });
  open.add(queue);
  return queue;
}

const entry = (key: string, queuedAtMs: number): QueueEntry => ({
  key,
  queuedAtMs,
});

describe.each([
  ["IndexedDB", () => indexedDbStorage(randomUUID())],
  ["memory", () => memoryStorage()],
])("a storage in %s", (_, make: () => QueueStorage<QueueEntry>) => {
  it("keeps what was put, by key, until it is removed", async () => {
    const storage = make();
    expect(await storage.load()).toEqual([]);
    await storage.update([entry("a", 1), entry("b", 2)], []);
    await storage.update([entry("b", 3), entry("c", 4)], ["a", "never there"]);
    expect(await storage.load()).toEqual([entry("b", 3), entry("c", 4)]);
  });
});

describe("the IndexedDB storage", () => {
  it("is the same for every page that opens it by its name", async () => {
    const name = randomUUID();
    await indexedDbStorage(name).update([entry("a", 1)], []);
    expect(await indexedDbStorage(name).load()).toEqual([entry("a", 1)]);
    expect(await indexedDbStorage(randomUUID()).load()).toEqual([]);
  });

  it("opens again where it was closed from outside", async () => {
    const name = randomUUID();
    const storage = indexedDbStorage(name);
    await storage.update([entry("a", 1)], []);
    await new Promise((resolve, reject) => {
      const deletion = indexedDB.deleteDatabase(name);
      deletion.onsuccess = resolve;
      deletion.onerror = reject;
    });
    await storage.update([entry("b", 2)], []);
    expect(await storage.load()).toEqual([entry("b", 2)]);
  });

  it("writes all of an update or nothing", async () => {
    const storage = indexedDbStorage<QueueEntry & { f?: () => void }>(
      randomUUID(),
    );
    await storage.update([entry("a", 1)], []);
    const unclonable = { ...entry("c", 3), f: () => undefined };
    await expect(
      storage.update([entry("b", 2), unclonable], ["a"]),
    ).rejects.toThrow();
    expect(await storage.load()).toEqual([entry("a", 1)]);
  });
});

describe("a receipt queue across a reload", () => {
  it("is kept in IndexedDB by default, each user's apart", async () => {
    const userId = randomUUID();
    const first = queueOf({ userId });
    first.pause();
    first.read(message(1));
    await first.close();
    const other = queueOf({ userId: randomUUID() });
    await idle(other);
    const held = heldSend();
    const second = queueOf({ userId, ...held });
    await until(second, () => second.pending === 1);
    (await held.request(0)).accept();
    await idle(second);
    expect(held.sent).toEqual([["READ c1"]]);
  });

  it("sends after it what was not acknowledged before, and nothing else", async () => {
    const shared = indexedDbStorage<ReceiptMark>(randomUUID());
    const page = mortalStorage(shared);
    const before = heldSend();
    const first = queueOf({ ...before, storage: page.storage });
    first.read(message(1));
    (await before.request(0)).accept();
    await idle(first);
    first.read(message(2));
    await before.request(1);
    first.readUpTo(message(3, "d"));
    await until(first, () => first.pending === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    page.die();

    const after = heldSend();
    const second = queueOf({ ...after, storage: shared });
    (await after.request(0)).accept();
    await idle(second);
    expect(after.sent).toEqual([["READ c2", "READ* d3"]]);
  });

  it("has what was made in the very last moment", async () => {
    const shared = indexedDbStorage<ReceiptMark>(randomUUID());
    await shared.load();
    const page = mortalStorage(shared);
    const first = queueOf({ ...heldSend(), storage: page.storage });
    await idle(first);
    first.read(message(1));
    await Promise.resolve();
    await Promise.resolve();
    page.die();
    const after = heldSend();
    const second = queueOf({ ...after, storage: shared });
    (await after.request(0)).accept();
    await idle(second);
    expect(after.sent).toEqual([["READ c1"]]);
  });
});

describe("a receipt queue and its storage", () => {
  it("calls it for one thing at a time, and shows every mark from the moment it is made", async () => {
    const kept = memoryStorage<ReceiptMark>();
    let atOnce = 0;
    let mostAtOnce = 0;
    const slowly = async <T>(use: () => Promise<T>): Promise<T> => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      const used = await use();
      await delay(3);
      atOnce--;
      return used;
    };
    const queue = queueOf({
      storage: {
        load: () => slowly(() => kept.load()),
        update: (put, remove) => slowly(() => kept.update(put, remove)),
      },
    });
    for (let seq = 1; seq <= 10; seq++) {
      queue.read(message(seq));
      expect(queue.pending).toBeGreaterThan(0);
      await delay(2);
    }
    await idle(queue);
    expect(mostAtOnce).toBe(1);
  });
});

describe("a receipt queue whose storage fails", () => {
  it("goes on in memory, says so, and writes it once the storage works again", async () => {
    const works = memoryStorage<ReceiptMark>();
    let isBroken = true;
    const errors: unknown[] = [];
    const broken: QueueStorage<ReceiptMark> = {
      load: () =>
        isBroken ? Promise.reject(new Error("no load")) : works.load(),
      update: (put, remove) =>
        isBroken
          ? Promise.reject(new Error("QuotaExceededError"))
          : works.update(put, remove),
    };
    const held = heldSend();
    const queue = queueOf({
      ...held,
      storage: broken,
      onStorageError: (error) => errors.push(error),
    });
    queue.read(message(1));
    (await held.request(0)).accept();
    await idle(queue);
    expect(errors.map(String)).toEqual(
      expect.arrayContaining(["Error: no load", "Error: QuotaExceededError"]),
    );
    queue.pause();
    queue.read(message(2));
    await new Promise((resolve) => setTimeout(resolve, 5));
    isBroken = false;
    queue.read(message(3));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await works.load()).map(({ key }) => key)).toEqual([
      "READ:c2",
      "READ:c3",
    ]);
  });
});

describe("a storage that does not answer", () => {
  it("holds back no mark and no other call, is told once, and what it kept is sent when it answers", async () => {
    const kept = memoryStorage<ReceiptMark>();
    const before = queueOf({
      storage: kept,
      send: () => Promise.reject(new TypeError("Failed to fetch")),
    });
    before.read(message(1));
    await before.saved();
    await before.close();

    let answer = (): void => undefined;
    const hung = new Promise<void>((resolve) => (answer = resolve));
    const errors: unknown[] = [];
    const held = heldSend();
    const queue = queueOf({
      send: held.send,
      onStorageError: (error) => errors.push(error),
      storage: {
        load: () => hung.then(() => kept.load()),
        update: (put, remove) => kept.update(put, remove),
      },
    });
    queue.read(message(3));
    (await held.request(0)).accept();
    await idle(queue);
    queue.read(message(4));
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ c3"], ["READ c4"]]);
    await queue.saved();
    expect(errors.map(String)).toEqual(["Error: No answer within 2000 ms."]);
    answer();
    (await held.request(2)).accept();
    await idle(queue);
    expect(held.sent[2]).toEqual(["READ c1"]);
    await queue.close();
    expect(await kept.load()).toEqual([]);
  });

  it("is no matter where IndexedDB never opens", async () => {
    const open = vi
      .spyOn(IDBFactory.prototype, "open")
      .mockReturnValue({} as IDBOpenDBRequest);
    const errors: unknown[] = [];
    const held = heldSend();
    const queue = queueOf({
      userId: randomUUID(),
      send: held.send,
      onStorageError: (error) => errors.push(error),
    });
    queue.read(message(1));
    (await held.request(0)).accept();
    await idle(queue);
    expect(errors).toHaveLength(1);
    open.mockRestore();
  });
});

describe("an IndexedDB connection that was lost in the background, without an event", () => {
  it("is replaced, and every mark is kept", async () => {
    const userId = randomUUID();
    const lost = new Set<IDBDatabase>();
    const live = new Set<IDBDatabase>();
    const { transaction } = IDBDatabase.prototype;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
      this: IDBDatabase,
      ...args
    ) {
      if (lost.has(this)) throw new DOMException("Connection lost.");
      live.add(this);
      return transaction.apply(this, args);
    });
    const errors: unknown[] = [];
    const queue = queueOf({
      userId,
      send: () => Promise.reject(new TypeError("Failed to fetch")),
      onStorageError: (error) => errors.push(error),
    });
    queue.read(message(1));
    await queue.saved();
    for (const database of live) lost.add(database);
    for (const seq of [2, 3, 4]) {
      queue.read(message(seq));
      await queue.saved();
    }
    await queue.close();
    vi.restoreAllMocks();
    const held = heldSend();
    const next = queueOf({ userId, send: held.send });
    (await held.request(0)).accept();
    await idle(next);
    expect(held.sent[0]).toHaveLength(4);
    expect(errors).toEqual([]);
  });
});
