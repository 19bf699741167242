import { platform } from "./platform.js";
import {
  memoryStorage,
  type QueueEntry,
  type QueueStorage,
} from "./queue-storage.js";
import { within } from "./within.js";

const storeName = "entries";

/** How long IndexedDB may take for one transaction, the opening included, in milliseconds. */
const longestMs = 10_000;

/**
 * Makes a storage in the browser's IndexedDB, shared by all tabs of an origin.
 * @param name the name of the database: each kind of queue needs its own for each user
 */
export function indexedDbStorage<E extends QueueEntry>(
  name: string,
): QueueStorage<E> {
  let opened: Promise<IDBDatabase> | null = null;

  /** Runs requests in one transaction. Resolves with the result of `use` once the transaction is committed. */
  async function attempt<T>(
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => T,
  ): Promise<T> {
    const transaction = (await (opened ??= openDatabase(name))).transaction(
      storeName,
      mode,
    );
    return new Promise<T>((resolve, reject) => {
      transaction.onabort = () => reject(reasonOf(transaction));
      try {
        const used = use(transaction.objectStore(storeName));
        // Without this the browser commits in its next turn. The page may be gone by then, and the change undone.
        transaction.commit();
        transaction.oncomplete = () => resolve(used);
      } catch (error) {
        transaction.abort();
        throw error;
      }
    });
  }

  /**
   * The second attempt has a new connection: the first one's may be closed by another tab, or lost without an
   * event, as browsers lose those of pages in the background.
   */
  const transact: typeof attempt = (mode, use) =>
    within(longestMs, attempt(mode, use)).catch(() => {
      opened = null;
      return within(longestMs, attempt(mode, use));
    });

  return {
    sharedAs: name,
    async load() {
      const request = await transact(
        "readonly",
        (store) => store.getAll() as IDBRequest<E[]>,
      );
      return request.result;
    },
    async update(put, remove) {
      await transact("readwrite", (store) => {
        for (const key of remove) store.delete(key);
        for (const entry of put) store.put(entry);
      });
    },
  };
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () =>
    request.result.createObjectStore(storeName, { keyPath: "key" });
  await new Promise((resolve, reject) => {
    request.onsuccess = resolve;
    request.onerror = () => reject(reasonOf(request));
  });
  // Another tab deletes the database, or the user clears the site's data.
  request.result.onversionchange = () => request.result.close();
  return request.result;
}

const reasonOf = ({ error }: { readonly error: Error | null }): Error =>
  error ?? new Error("IndexedDB gave up.");

/** A storage in IndexedDB where the platform has it, else in memory. */
export function defaultStorage<E extends QueueEntry>(
  name: string,
): QueueStorage<E> {
  return platform.indexedDB ? indexedDbStorage(name) : memoryStorage();
}
