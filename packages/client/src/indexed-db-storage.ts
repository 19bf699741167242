import { platform } from "./platform.js";
import {
  memoryStorage,
  type QueueEntry,
  type QueueStorage,
} from "./queue-storage.js";

const storeName = "entries";

/**
 * Makes a storage in the browser's IndexedDB, shared by all tabs of an origin.
 * @param name the name of the database: each kind of queue needs its own for each user
 */
export function indexedDbStorage<E extends QueueEntry>(
  name: string,
): QueueStorage<E> {
  let opened: Promise<IDBDatabase> | null = null;

  function open(): Promise<IDBDatabase> {
    return (opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const forget = () => (opened = null);
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () =>
        request.result.createObjectStore(storeName, { keyPath: "key" });
      request.onsuccess = () => {
        const database = request.result;
        // The browser closes the database when the user clears the site's data, or another tab deletes it.
        database.onclose = forget;
        database.onversionchange = () => {
          database.close();
          forget();
        };
        resolve(database);
      };
      request.onerror = () => {
        forget();
        reject(request.error ?? new Error("IndexedDB can't be opened."));
      };
    }));
  }

  /** Runs requests in one transaction. Resolves with the result of `use` once the transaction is committed. */
  async function transact<T>(
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => T,
  ): Promise<T> {
    const transaction = (await open()).transaction(storeName, mode);
    return new Promise<T>((resolve, reject) => {
      transaction.onabort = () =>
        reject(transaction.error ?? new Error("IndexedDB gave up."));
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

/** A storage in IndexedDB where the platform has it, else in memory. */
export function defaultStorage<E extends QueueEntry>(
  name: string,
): QueueStorage<E> {
  return platform.indexedDB ? indexedDbStorage(name) : memoryStorage();
}
