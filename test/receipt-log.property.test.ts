import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ReceiptKind } from "../src/domain/receipts/receipt.js";
import { everyone } from "../src/domain/receipts/audience.js";
import {
  converse,
  createHubRig,
  say,
  viewer,
  type HubRig,
} from "./support/hub.js";
import { createTestDatabase } from "./support/server.js";

// What the receipt log tells, version by version and message by message, against a row for each message:
// a run that was read at once is one row of the log, also where some in it had been read before.

let rig: HubRig;
let sql: postgres.Sql;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  rig = createHubRig(database.url);
  sql = postgres(database.url, { max: 1 });
});
afterAll(async () => {
  await sql.end();
  await rig.close();
  await drop();
});

type Step =
  | { readonly op: "others send"; readonly count: number }
  | { readonly op: "own" | "leave and return" }
  | {
      readonly op: "mark";
      readonly kind: ReceiptKind;
      readonly upTo: boolean;
      /** Which messages, counted back from the newest; marked in one breath. */
      readonly back: readonly number[];
    };

const kind = fc.constantFrom<ReceiptKind>("READ", "DELIVERED");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("others send" as const),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom("own" as const, "leave and return" as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant("mark" as const),
      kind,
      upTo: fc.constant(false),
      back: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("mark" as const),
      kind,
      upTo: fc.constant(true),
      back: fc.tuple(fc.nat(10)),
    }),
  },
);

/** What is known of a message that was for the reader: the versions that made it so, or null. */
interface Row {
  DELIVERED: number | null;
  READ: number | null;
}

it("tells each version's receipts, and each message's times, as a row for each message does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 30 }),
      async (steps) => {
        const { services } = rig;
        const [reader, other] = [randomUUID(), randomUUID()];
        const id = await converse(services, other, [reader]);
        const rows = new Map<number, Row>();
        const own = new Set<number>();
        let lastSeq = 0;
        const versionNow = async () =>
          (await services.conversations.get(id)).version;
        for (const taken of steps) {
          switch (taken.op) {
            case "others send":
              for (let i = 0; i < taken.count; i++) {
                ({ seq: lastSeq } = await say(services, other, id));
                rows.set(lastSeq, { DELIVERED: null, READ: null });
              }
              break;
            case "own":
              ({ seq: lastSeq } = await say(services, reader, id));
              own.add(lastSeq);
              break;
            case "leave and return":
              await services.conversations.removeParticipant(
                viewer(reader),
                id,
                reader,
              );
              ({ seq: lastSeq } = await say(services, other, id));
              await services.conversations.add(viewer(other), id, [reader]);
              break;
            case "mark": {
              const seqs = taken.back
                .map((back) => lastSeq - back)
                .filter((seq) => rows.has(seq));
              if (seqs.length === 0) break;
              await Promise.all(
                seqs.map((seq) =>
                  services.receipts.mark(
                    viewer(reader),
                    taken.kind,
                    { conversationId: id, seq },
                    taken,
                  ),
                ),
              );
              const version = await versionNow();
              for (const [seq, row] of rows) {
                const isMarked = taken.upTo
                  ? seq <= (seqs[0] ?? 0)
                  : seqs.includes(seq);
                if (!isMarked) continue;
                if (taken.kind === "READ") row.READ ??= version;
                else if (row.READ === null) row.DELIVERED ??= version;
              }
            }
          }
        }

        // Version by version.
        const told = await services.changes.since(id, {
          version: 0,
          lastSeq: 0,
        });
        const expected = [...rows].flatMap(([seq, row]) =>
          (["DELIVERED", "READ"] as const).flatMap((kind) =>
            row[kind] === null ? [] : [`${row[kind]} ${kind} ${seq}`],
          ),
        );
        const receipts = told.rows
          .filter(({ kind }) => kind === "DELIVERED" || kind === "READ")
          .flatMap(({ version, kind, firstSeq, lastSeq }) =>
            Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => ({
              seq: firstSeq + i,
              line: `${version} ${kind} ${firstSeq + i}`,
            })),
          )
          // Runs may stretch over the reader's own.
          .filter(({ seq }) => !own.has(seq))
          .map(({ line }) => line);
        expect(receipts.sort()).toEqual(expected.sort());

        // Message by message.
        const atOf = new Map(told.rows.map(({ version, at }) => [version, at]));
        const time = (version: number | null) =>
          version === null ? null : Date.parse(atOf.get(version) ?? "");
        for (const [seq, { DELIVERED, READ }] of rows) {
          const [row] = await services.statuses.recipients({
            conversationId: id,
            seq,
            audience: everyone,
            state: null,
            afterUserId: "",
            limit: 10,
          });
          expect({
            seq,
            deliveredAt: row?.deliveredAt && Date.parse(row.deliveredAt),
            readAt: row?.readAt && Date.parse(row.readAt),
          }).toEqual({
            seq,
            deliveredAt: time(DELIVERED ?? READ),
            readAt: time(READ),
          });
        }
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

it("writes a run that is read at once as one row, whatever was read in it before", async () => {
  const { services } = rig;
  const [reader, other] = [randomUUID(), randomUUID()];
  const id = await converse(services, other, [reader]);
  for (let i = 0; i < 40; i++) await say(services, other, id);
  const read = (seq: number, upTo: boolean) =>
    services.receipts.mark(
      viewer(reader),
      "READ",
      { conversationId: id, seq },
      { upTo },
    );
  for (const seq of [3, 9, 20, 21, 30]) await read(seq, false);
  await read(40, true);
  const rows = await sql<{ first: number; last: number; hasGaps: boolean }[]>`
    select l.first_seq as first, l.last_seq as last, l.has_gaps as "hasGaps"
    from receipt_log l join conversations c on c.key = l.conversation_key
    where c.id = ${id} order by l.version`;
  expect(rows.slice(5)).toEqual([{ first: 1, last: 40, hasGaps: true }]);
  expect(rows).toHaveLength(6);
});
