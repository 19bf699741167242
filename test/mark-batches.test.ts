import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Mark } from "../src/domain/receipts/mark.js";
import { receiptQueries } from "../src/domain/receipts/receipt-queries.js";
import { SeqSet } from "../src/foundation/seq-set.js";
import { converse, rigForFile, say } from "./support/hub.js";

const rig = rigForFile();

const large = 1_600;
const small = 100;
const rounds = 7;

it("a mark costs about the same in a batch of 1,600 as in one of 100, in one conversation", async () => {
  const { services, database } = rig();
  const prefix = randomUUID();
  const [owner = "", ...readers] = Array.from(
    { length: large + 1 },
    (_, i) => `${prefix}-${i}`,
  );
  const conversationId = await converse(services, owner, readers);
  for (let i = 0; i < 2 * rounds; i++)
    await say(services, owner, conversationId);
  const queries = receiptQueries(database.db);

  /** How long a mark takes, all of these readers having read one message at once. */
  async function timeOfOne(size: number, seq: number): Promise<number> {
    const covers = SeqSet.span(seq, seq);
    const marks = readers.slice(0, size).map((userId): Mark => ({
      ...{ conversationId, userId, seq, covers },
      kind: "READ",
      sentMs: null,
    }));
    const start = performance.now();
    const outcomes = await queries.mark(
      marks,
      marks.map(() => covers),
      { waitMs: null, largestSets: 8_192 },
    );
    const elapsed = performance.now() - start;
    expect(outcomes.filter(({ changed }) => changed)).toHaveLength(size);
    return elapsed / size;
  }

  // By turns, so that whatever else the machine does meets both. A join that goes through all marks for
  // each of them made it seven times as much.
  const ratios: number[] = [];
  for (let seq = 1; seq <= 2 * rounds; seq += 2) {
    const inSmall = await timeOfOne(small, seq);
    ratios.push((await timeOfOne(large, seq + 1)) / inSmall);
  }
  const middle = ratios.sort((a, b) => a - b)[rounds >> 1];
  expect(middle).toBeLessThan(4);
});
