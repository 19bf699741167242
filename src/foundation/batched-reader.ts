import { Batcher } from "./batcher.js";

/**
 * Reads rows by key, one at a time: reads that are asked for while another is under way go together,
 * and equal keys share one row.
 * @returns a function from a key to its row, or null where there is none
 */
export function batchedReader<Key, Row extends Key>({
  keyOf,
  read,
}: {
  /** The same text for the same key; rows are keys, too. */
  keyOf: (key: Key) => string;
  read: (keys: readonly Key[]) => Promise<readonly Row[]>;
}): (key: Key) => Promise<Row | null> {
  const reads = new Batcher<Key, Row | null>({
    keyOf,
    concurrency: 4,
    run: async (keys) => {
      const rows = await read(keys);
      const byKey = new Map(rows.map((row) => [keyOf(row), row]));
      return keys.map((key) => byKey.get(keyOf(key)) ?? null);
    },
  });
  return (key) => reads.submit(key);
}
