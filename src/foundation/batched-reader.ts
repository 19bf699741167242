import { Batcher } from "./batcher.js";

/** How rows are read by key. */
export interface ReaderOptions<Key, Row> {
  /** Reads the rows of these keys, in any order; no row for a key that names nothing. */
  read: (keys: readonly Key[]) => Promise<readonly Row[]>;
  /** The same text for the same key. */
  keyOf: (key: Key) => string;
  /** The same text for a row as for the key that names it. */
  keyOfRow: (row: Row) => string;
}

/**
 * Reads rows by key: keys that are asked for at once are read together, by at most four reads at a
 * time.
 * @returns a function from a key to its row, or to null for a key that names nothing
 */
export function batchedReader<Key, Row>({
  read,
  keyOf,
  keyOfRow,
}: ReaderOptions<Key, Row>): (key: Key) => Promise<Row | null> {
  const reads = new Batcher<Key, Row | null>({
    keyOf,
    concurrency: 4,
    async run(keys) {
      const rows = await read(keys);
      const found = new Map(rows.map((row) => [keyOfRow(row), row]));
      return keys.map((key) => found.get(keyOf(key)) ?? null);
    },
  });
  return (key) => reads.submit(key);
}
