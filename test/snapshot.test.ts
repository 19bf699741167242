import fc from "fast-check";
import postgres, { type ReservedSql, type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSnapshot, laterOf, partsOf, sees } from "../src/stream/snapshot.js";
import { databaseForFile } from "./support/for-file.js";

describe("a snapshot as text", () => {
  it("has parts", () => {
    expect(partsOf("100:104:100,102")).toEqual({
      xmin: 100,
      xmax: 104,
      xip: [100, 102],
    });
    expect(partsOf("7:7:")).toEqual({ xmin: 7, xmax: 7, xip: [] });
  });

  it.each(["1:1:", "100:104:100,102", "9007199254740991:9007199254740991:"])(
    "is known by its form: %s",
    (text) => {
      expect(isSnapshot(text)).toBe(true);
    },
  );

  it.each([
    "",
    "1",
    "1:2",
    "1:2:,",
    "1:2:3,",
    "-1:2:",
    "1:2:x",
    " 1:2:",
    "1:2:\n",
  ])("is not any other text: %j", (text) => {
    expect(isSnapshot(text)).toBe(false);
  });

  it("sees what ended before it, and nothing that was open or had not begun", () => {
    const snapshot = "100:104:100,102";
    expect(
      [99, 100, 101, 102, 103, 104, 105].filter((xid) => sees(snapshot, xid)),
    ).toEqual([99, 101, 103]);
  });

  it.each([
    ["1:1:", "2:2:"],
    ["100:104:100,102", "100:105:100,102"],
    ["100:104:100,102", "100:104:100"],
    ["100:104:100,102", "102:104:102"],
  ])("is before another: %s before %s", (earlier, later) => {
    expect(laterOf(earlier, later)).toBe(later);
    expect(laterOf(later, earlier)).toBe(later);
    expect(laterOf(later, later)).toBe(later);
  });
});

describe("R22: snapshots of Postgres, with transactions that begin and end in any order", () => {
  const created = databaseForFile();
  const most = 5;
  let database: Sql;
  beforeAll(() => {
    database = postgres(created.url, { max: most + 1 });
  });
  afterAll(() => database.end());

  /** Transactions that are open, oldest first. */
  class Open {
    readonly xids: number[] = [];
    private readonly open: ReservedSql[] = [];

    async begin(): Promise<void> {
      if (this.open.length === most) return;
      const connection = await database.reserve();
      await connection`begin`;
      const [row] = await connection<{ xid: string }[]>`
        select pg_current_xact_id()::text as xid`;
      this.xids.push(Number(row?.xid));
      this.open.push(connection);
    }

    async end(which: number, isCommit: boolean): Promise<void> {
      const place = which % Math.max(1, this.open.length);
      const [connection] = this.open.splice(place, 1);
      if (!connection) return;
      await (isCommit ? connection`commit` : connection`rollback`);
      connection.release();
    }

    async endAll(): Promise<void> {
      while (this.open.length > 0) await this.end(0, false);
    }
  }

  const step = fc.oneof(
    fc.record({ kind: fc.constant("begin" as const) }),
    fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat(most),
      isCommit: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("look" as const) }),
  );

  it("`sees` agrees with pg_visible_in_snapshot, and `laterOf` with the order in which they were taken", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const open = new Open();
        const snapshots: string[] = [];
        try {
          for (const each of steps)
            switch (each.kind) {
              case "begin":
                await open.begin();
                break;
              case "end":
                await open.end(each.which, each.isCommit);
                break;
              case "look": {
                const [row] = await database<{ snapshot: string }[]>`
                  select pg_current_snapshot()::text as snapshot`;
                snapshots.push(row?.snapshot ?? "");
              }
            }
        } finally {
          await open.endAll();
        }
        const visible = await database<
          { snapshot: string; xid: string; isVisible: boolean }[]
        >`
          select s as snapshot, x::text as xid,
            pg_visible_in_snapshot(x::text::xid8, s::pg_snapshot) as "isVisible"
          from unnest(${snapshots}::text[]) s
          cross join unnest(${neighbours(open.xids)}::int8[]) x`;
        for (const { snapshot, xid, isVisible } of visible)
          expect({
            snapshot,
            xid,
            isVisible: sees(snapshot, Number(xid)),
          }).toEqual({
            snapshot,
            xid,
            isVisible,
          });
        snapshots.forEach((earlier, i) => {
          expect(isSnapshot(earlier)).toBe(true);
          for (const later of snapshots.slice(i)) {
            expect(laterOf(earlier, later)).toBe(later);
            expect(laterOf(later, earlier)).toBe(later);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  /** These transactions and those beside them. */
  function neighbours(xids: readonly number[]): number[] {
    return xids.flatMap((xid) => [xid - 1, xid, xid + 1]);
  }
});
