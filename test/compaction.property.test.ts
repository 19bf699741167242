import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compact } from "../src/domain/receipts/compactor.js";
import { compactionQueries } from "../src/domain/receipts/compaction-queries.js";
import { everyone } from "../src/domain/receipts/audience.js";
import type { ReceiptKind } from "../src/domain/receipts/receipt.js";
import { converse, rigForFile, say, viewer } from "./support/hub.js";

// What is left of the log when its old rows were merged, message by message, against a row for each message.

const rig = rigForFile();
let sql: postgres.Sql;
beforeAll(() => {
  sql = postgres(rig().url, { max: 1 });
});
afterAll(() => sql.end());

type Step =
  | { readonly op: "others send"; readonly count: number }
  | { readonly op: "own" | "leave and return" | "switch" }
  /** All that was logged so far is old from now on, and merged. */
  | { readonly op: "age" }
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
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("others send" as const),
      count: fc.integer({ min: 1, max: 10 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom(
        ...(["own", "own", "leave and return", "switch"] as const),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("age" as const) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      op: fc.constant("mark" as const),
      kind,
      upTo: fc.constant(false),
      back: fc.array(fc.nat(25), { minLength: 1, maxLength: 4 }),
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

/** A message that was for the reader: the versions that gave it each status, or null. */
interface Row {
  DELIVERED: number | null;
  READ: number | null;
  isHidden: boolean;
}

const days = 30;
const round = () =>
  compact(compactionQueries(rig().database.db), {
    ...{ days, isForced: true, isGentle: false },
  });

it("R6, R20, R22: merging changes no status, hides what was hidden, moves times of old receipts alone, and tells no less", async () => {
  let dropped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 40, maxLength: 40 }),
      async (steps) => {
        const { services } = rig();
        const [reader, other] = [randomUUID(), randomUUID()];
        const id = await converse(services, other, [reader]);
        await services.users.ensure({ id: reader });
        const rows = new Map<number, Row>();
        const own = new Set<number>();
        let lastSeq = 0;
        let oldVersion = -1;
        let hides = false;
        const versionNow = async () =>
          (await services.conversations.get(id)).version;
        for (const taken of steps) {
          switch (taken.op) {
            case "others send":
              for (let i = 0; i < taken.count; i++) {
                ({ seq: lastSeq } = await say(services, other, id));
                rows.set(lastSeq, {
                  ...{ DELIVERED: null, READ: null, isHidden: false },
                });
              }
              break;
            case "own":
              ({ seq: lastSeq } = await say(services, reader, id));
              own.add(lastSeq);
              break;
            case "switch":
              hides = !hides;
              await services.users.setReadReceipts(reader, !hides);
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
            case "age":
              oldVersion = await versionNow();
              await sql`
                update receipt_log log set at = log.at - interval '100 days'
                from conversations c
                where c.id = ${id} and log.conversation_key = c.key and log.at > now() - interval '1 day'`;
              dropped += (await round()) ?? 0;
              expect(await round()).toBe(0);
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
                if (taken.kind === "READ") {
                  if (row.READ === null) row.isHidden = hides;
                  row.READ ??= version;
                } else if (row.READ === null) row.DELIVERED ??= version;
              }
            }
          }
        }

        // All that happened after any version is told.
        for (const from of [0, Math.floor(oldVersion / 2), oldVersion]) {
          const told = await services.changes.allSince(id, {
            version: from,
            lastSeq: 0,
          });
          const tells = new Set(
            told.rows.flatMap(({ kind, firstSeq, lastSeq, isHidden }) =>
              Array.from(
                { length: Math.max(0, lastSeq - firstSeq + 1) },
                (_, i) => `${kind} ${firstSeq + i}${isHidden ? " hidden" : ""}`,
              ),
            ),
          );
          for (const [seq, row] of rows)
            for (const kind of ["DELIVERED", "READ"] as const) {
              if (row[kind] === null || row[kind] <= from) continue;
              const isHidden = kind === "READ" && row.isHidden;
              expect(tells).toContain(
                `${kind} ${seq}${isHidden ? " hidden" : ""}`,
              );
            }
          // And nothing that never happened.
          for (const told of tells) {
            const [kind, seq, hidden] = told.split(" ");
            const row = rows.get(Number(seq));
            if (!row || (kind !== "READ" && kind !== "DELIVERED")) continue;
            expect(row[kind]).not.toBeNull();
            if (kind === "READ") expect(row.isHidden).toBe(hidden === "hidden");
          }
        }

        // Message by message.
        const all = await sql<{ version: number; at: Date }[]>`
          select log.version::int as version, log.at from receipt_log log
          join conversations c on c.key = log.conversation_key where c.id = ${id}`;
        const atOf = new Map(
          all.map(({ version, at }) => [version, at.getTime()]),
        );
        const lastOld = Math.max(
          ...all
            .filter(({ version }) => version <= oldVersion)
            .map(({ at }) => at.getTime()),
        );
        /** A young receipt bears its own time, and an old one that of an old one. */
        const expectTime = (version: number, time: number | null) => {
          if (version > oldVersion) expect(time).toBe(atOf.get(version));
          else expect(time).toBeLessThanOrEqual(lastOld);
        };
        for (const [seq, row] of rows) {
          const [shown] = await services.statuses.recipients({
            ...{ conversationId: id, seq, audience: everyone },
            ...{ state: null, afterUserId: "", limit: 10 },
          });
          const isRead = row.READ !== null && !row.isHidden;
          const isDelivered = row.DELIVERED !== null || row.READ !== null;
          expect([seq, shown?.state]).toEqual([
            seq,
            isRead ? "READ" : isDelivered ? "DELIVERED" : "PENDING",
          ]);
          const [delivered, read] = [shown?.deliveredAt, shown?.readAt].map(
            (time) => (time ? Date.parse(time) : null),
          );
          expect(delivered !== null).toBe(isDelivered);
          expect(read !== null).toBe(isRead);
          if (delivered != null && read != null)
            expect(delivered).toBeLessThanOrEqual(read);
          if (isRead && row.READ !== null) expectTime(row.READ, read ?? null);
          const first = row.DELIVERED ?? row.READ;
          if (first !== null) expectTime(first, delivered ?? null);
        }
      },
    ),
    { numRuns: Number(process.env["ACKED_PROPERTY_RUNS"] ?? 30) },
  );
  expect(dropped).toBeGreaterThan(0);
}, 240_000);
