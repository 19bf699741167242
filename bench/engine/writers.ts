import { heldInAcked } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import type { BenchContext } from "../support/scenario.js";
import {
  connections,
  extent,
  heldAfter,
  readersPerConnection,
} from "./course.js";
import type { Engine } from "./in-process.js";
import { runPgbench } from "./pgbench.js";

/** One way to write marks: a round of it. */
export interface Writer {
  readonly name: string;
  /** @returns marks a second */
  readonly write: () => Promise<number>;
  /** @throws where the database does not hold the marks that were written */
  readonly check: () => Promise<void>;
}

/** The script for pgbench, and the path of pgbench. */
export interface Script {
  readonly pgbench: string;
  readonly script: string;
  readonly batch: number;
}

/** The service in this process. A round of its own tells how large its batches are. */
export async function engineWriter(
  { size }: BenchContext,
  marking: Engine,
  databaseUrl: string,
  chats: readonly SeededChat[],
): Promise<{ writer: Writer; batch: number }> {
  const { marksEach } = extent(size);
  const readers = chats.reduce((sum, chat) => sum + chat.readerIds.length, 0);
  const warmUp = 8;
  await marking.mark(0, warmUp);
  let done = warmUp;
  const writer: Writer = {
    name: "the write engine",
    async write() {
      const start = performance.now();
      await marking.mark(done, done + marksEach);
      const seconds = (performance.now() - start) / 1_000;
      done += marksEach;
      return (marksEach * readers) / seconds;
    },
    async check() {
      const expected = heldAfter(chats, () => done);
      (await heldInAcked(databaseUrl)).mustEqual(expected, "the write engine");
    },
  };
  return { writer, batch: Math.round(marking.takeMeanBatch()) };
}

/** pgbench, with a script for batches of one size. */
export function pgbenchWriter(
  { size }: BenchContext,
  databaseUrl: string,
  chats: readonly SeededChat[],
  { pgbench, script, batch }: Script,
): Writer {
  const { marksEach } = extent(size);
  const transactions = Math.ceil((marksEach * readersPerConnection) / batch);
  let done = 0;
  return {
    name: "pgbench",
    async write() {
      const perSecond = await runPgbench({
        ...{ pgbench, databaseUrl, script },
        ...{ done, transactions },
      });
      done += transactions;
      return perSecond * batch;
    },
    async check() {
      // Every connection goes through its readers in order, so some have made one mark more.
      const all = Math.floor((done * batch) / readersPerConnection);
      const rest = (done * batch) % readersPerConnection;
      const expected = heldAfter(chats, (chat, reader) => {
        const place = Math.floor(chat / connections) * 10 + reader;
        return all + (place < rest ? 1 : 0);
      });
      (await heldInAcked(databaseUrl)).mustEqual(expected, "pgbench");
    },
  };
}
