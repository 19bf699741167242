import { platform } from "./platform.js";
import {
  memoryStorage,
  type QueueEntry,
  type QueueStorage,
} from "./queue-storage.js";

const storeName = "entries";

/**
 * A storage in the browser's IndexedDB, shared by all tabs of an origin.
 * @param name the database's name: one for each kind of queue and user
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
        // The browser closes it where the user clears the site's data; another tab may delete it.
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

  /** Runs requests in one transaction; resolves with what `use` returned, once it is committed. */
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
        // Not left to the browser's next turn: by then the page may be gone, and all undone.
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

/** IndexedDB where there is one, else memory. */
export function defaultStorage<E extends QueueEntry>(
  name: string,
): QueueStorage<E> {
  return platform.indexedDB ? indexedDbStorage(name) : memoryStorage();
}
