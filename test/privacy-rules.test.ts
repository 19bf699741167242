import { sql, type SQL } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Database } from "../src/db/connect.js";
import { shownReads } from "../src/domain/conversations/fragments.js";
import {
  hiddenByMark,
  seesAsOthersDo,
  seesOthersReads,
  shownKind,
  shownReadUpToSeq,
  shownState,
  withheldByMark,
  type Onlooker,
  type StoredState,
} from "../src/domain/receipts/privacy.js";
import {
  hiddenAfter,
  hidesReads,
  seesReads,
  showsAsRead,
  stateShown,
  withheldAfter,
} from "../src/domain/receipts/privacy-fragments.js";
import { SeqSet } from "../src/foundation/seq-set.js";
import { createTestDatabase } from "./support/server.js";

// R20 is written twice: as functions, and as fragments of SQL. Here the two are compared.

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = connect(created.url);
  await database.db.execute(sql`
    insert into users (id, read_receipts) values ('shows', true), ('hides', false)`);
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** The value of an expression in Postgres. */
async function valueOf(expression: SQL, from = sql`(select) nothing`) {
  const [row] = await database.db.execute<{ value: unknown }>(
    sql`select ${expression} as value from ${from}`,
  );
  return row?.value;
}

const both = [false, true];
const states: StoredState[] = both.flatMap((isDelivered) =>
  both.flatMap((isWithheld) =>
    both.flatMap((isRead) =>
      both.map((isHidden) => ({ isDelivered, isWithheld, isRead, isHidden })),
    ),
  ),
);
const onlookers: Onlooker[] = both.flatMap((isSelf) =>
  both.map((seesReads) => ({ isSelf, seesReads })),
);

/** A recipient of message 7 in whose sets it is or is not. */
function recipient({
  isDelivered,
  isWithheld,
  isRead,
  isHidden,
}: StoredState): SQL {
  const set = (holds: boolean) => (holds ? "{[7,8)}" : "{[6,7),[8,9)}");
  return sql`(select 'recipient' as user_id, ${set(isDelivered)}::int8multirange as delivered,
    ${set(isWithheld)}::int8multirange as withheld, ${set(isRead)}::int8multirange as read, ${set(isHidden)}::int8multirange as hidden) participant`;
}

describe.each(states)(
  "R20, R39: a recipient with delivered $isDelivered, withheld $isWithheld, read $isRead, hidden $isHidden",
  (state) => {
    it.each(onlookers)(
      "shows the same in Postgres to a viewer with self $isSelf, sees reads $seesReads",
      async (onlooker) => {
        const lookedAt = {
          participant: sql`participant`,
          seq: sql`7::int8`,
          self: sql`${onlooker.isSelf ? "recipient" : "another"}::text`,
          seesReads: sql`${String(onlooker.seesReads)}::text::bool`,
        };
        const from = recipient(state);
        const shown = shownState(state, onlooker);
        expect(await valueOf(stateShown(lookedAt), from)).toBe(shown);
        expect(await valueOf(showsAsRead(lookedAt), from)).toBe(
          shown === "READ",
        );
      },
    );

    it("is in what others see as read where it shows to them as read", async () => {
      const other = { isSelf: false, seesReads: true };
      const isShown = sql`${shownReads(sql`participant`)} @> 7::int8`;
      expect(await valueOf(isShown, recipient(state))).toBe(
        shownState(state, other) === "READ",
      );
    });
  },
);

it.each(["shows", "hides"])(
  "R20: whether a user who %s reads sees others' reads is the same in Postgres",
  async (userId) => {
    const user = { readReceipts: userId === "shows" };
    const lookedUp = seesReads(sql`null::bool`, sql`${userId}::text`);
    expect(await valueOf(lookedUp)).toBe(seesOthersReads(user));
    for (const given of both) {
      const known = sql`${String(given)}::text::bool`;
      expect(await valueOf(seesReads(known, sql`${userId}::text`))).toBe(given);
    }
  },
);

it("R20: a viewer who is no user, such as a service token, sees reads", async () => {
  const everyone = seesReads(sql`null::bool`, sql`null::text`);
  expect(await valueOf(everyone)).toBe(true);
});

describe.each(["shows", "hides"])("a user who %s reads", (userId) => {
  it.each(both)(
    "R20, R39: hides and withholds the same in Postgres, as an observer: %s",
    async (isObserver) => {
      const marking = { readReceipts: userId === "shows", isObserver };
      const before = SeqSet.span(1, 3);
      const added = SeqSet.span(5, 8);
      const setOf = (set: SeqSet) => sql`${String(set)}::text::int8multirange`;
      const observes = sql`${String(isObserver)}::text::bool`;
      const hidden = hiddenAfter(
        ...([setOf(before), setOf(added)] as const),
        hidesReads(sql`users`, sql`participant`),
      );
      const withheld = withheldAfter(setOf(before), setOf(added), observes);
      const from = sql`(select * from users where id = ${userId}) users,
        (select ${observes} as is_observer) participant`;
      expect(await valueOf(sql`(${hidden})::text`, from)).toBe(
        String(before.union(hiddenByMark("READ", added, marking))),
      );
      expect(await valueOf(sql`(${withheld})::text`, from)).toBe(
        String(before.union(withheldByMark(added, marking))),
      );
    },
  );
});

it("R20: a delivery hides no read, whoever it is by", () => {
  for (const readReceipts of both)
    for (const isObserver of both)
      expect(
        hiddenByMark("DELIVERED", SeqSet.span(1, 3), {
          ...{ readReceipts, isObserver },
        }).isEmpty,
      ).toBe(true);
});

describe("R20: a row of the log", () => {
  const row = { isHidden: false, isDelivery: false };

  it.each(onlookers)(
    "of a delivery shows as one, but an observer's, self $isSelf, sees reads $seesReads",
    (onlooker) => {
      const delivery = { ...row, kind: "DELIVERED" } as const;
      expect(shownKind(delivery, onlooker)).toBe("DELIVERED");
      expect(shownKind({ ...delivery, isHidden: true }, onlooker)).toBe(
        onlooker.isSelf ? "DELIVERED" : null,
      );
    },
  );

  it.each(onlookers)(
    "of a read shows as what the recipient shows, self $isSelf, sees reads $seesReads",
    (onlooker) => {
      for (const isHidden of both) {
        const state = {
          ...{ isDelivered: true, isWithheld: false },
          ...{ isRead: true, isHidden },
        };
        const shown = shownState(state, onlooker);
        const read = { kind: "READ", isHidden } as const;
        expect(shownKind({ ...read, isDelivery: true }, onlooker)).toBe(shown);
        expect(shownKind({ ...read, isDelivery: false }, onlooker)).toBe(
          shown === "READ" ? "READ" : null,
        );
      }
    },
  );
});

it("R20: `readUpToSeq` is one's own in full, of others what they show, and null where the viewer sees no reads", () => {
  const participant = { readUpToSeq: 9, shownReadUpToSeq: 4 };
  const shownTo = (isSelf: boolean, seesReads: boolean) =>
    shownReadUpToSeq(participant, { isSelf, seesReads });
  expect(shownTo(true, true)).toBe(9);
  expect(shownTo(true, false)).toBe(9);
  expect(shownTo(false, true)).toBe(4);
  expect(shownTo(false, false)).toBeNull();
});

it("R20: only viewers who see reads and have hidden none see what others see", () => {
  for (const hasHidden of both)
    for (const readReceipts of both)
      expect(seesAsOthersDo({ hasHidden, readReceipts })).toBe(
        !hasHidden && readReceipts,
      );
});
