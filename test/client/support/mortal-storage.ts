import type {
  QueueEntry,
  QueueStorage,
} from "../../../packages/client/src/index.js";

/**
 * A page's way to a storage: once the page is gone, nothing of it comes through, nor back. A browser
 * frees a gone page's locks as well; here nobody would, so it has none.
 */
export function mortalStorage<E extends QueueEntry>(
  storage: QueueStorage<E>,
): { storage: QueueStorage<E>; die: () => void } {
  const never = new Promise<never>(() => undefined);
  let isGone = false;
  const unlessGone = <T>(value: T): T | Promise<never> =>
    isGone ? never : value;
  const guarded = async <T>(use: () => Promise<T>): Promise<T> => {
    await unlessGone(null);
    return unlessGone(await use());
  };
  return {
    storage: {
      load: () => guarded(() => storage.load()),
      update: (put, remove) => guarded(() => storage.update(put, remove)),
    },
    die: () => (isGone = true),
  };
}
