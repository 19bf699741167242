import type { QueueEntry, QueueStorage } from "../../../src/client/index.js";

/** A page's way to a storage: once the page is gone, nothing of it comes through, nor back. */
export function mortalStorage<E extends QueueEntry>(
  storage: QueueStorage<E>,
): { storage: QueueStorage<E>; die: () => void } {
  const never = new Promise<never>(() => undefined);
  let isDead = false;
  const guarded = async <T>(use: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    const used = await use();
    return isDead ? never : used;
  };
  return {
    storage: {
      ...storage,
      load: () => guarded(() => storage.load()),
      update: (put, remove) => guarded(() => storage.update(put, remove)),
    },
    die: () => (isDead = true),
  };
}
