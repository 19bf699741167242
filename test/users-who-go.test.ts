import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLockTurns } from "../src/db/lock-queue.js";
import { conversationQueries } from "../src/domain/conversations/conversation-queries.js";
import {
  createOnceFree,
  type OnceFree,
} from "../src/domain/conversations/once-free.js";
import { createLifecycleService } from "../src/domain/lifecycle/lifecycle-service.js";
import { everyone } from "../src/domain/receipts/audience.js";
import { createErasedIds } from "../src/domain/users/erased-ids.js";
import { AppError } from "../src/foundation/errors.js";
import { converse, rigForFile, say, viewer } from "./support/hub.js";
import { testSecret } from "./support/server.js";

// Users who are deactivated and erased while others, and they themselves, go on; and calls that end on the way.

const rig = rigForFile();
let sql: postgres.Sql;
beforeAll(() => {
  sql = postgres(rig().url, { max: 2 });
});
afterAll(() => sql.end());

const service = { userId: "host", isService: true, expiresAtMs: Infinity };

/** How often a user's id stands in the database. */
async function traces(userId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select (select count(*) from users where id = ${userId})::int
      + (select count(*) from participants where user_id = ${userId})::int
      + (select count(*) from messages where sender_id = ${userId})::int
      + (select count(*) from deactivations where user_id = ${userId})::int
      + (select count(*) from departures where user_id = ${userId})::int as count`;
  return row?.count ?? 0;
}

/** Does something again and again until it is told to stop. Refusals are expected; any other error is not. */
function keepOn(work: () => Promise<unknown>) {
  const stopping = new AbortController();
  const running = (async () => {
    let done = 0;
    while (!stopping.signal.aborted)
      try {
        // What a node remembers answers at once: others have their turn too.
        await nextTurn();
        await work();
        done++;
      } catch (error) {
        const isRefusal =
          error instanceof AppError &&
          ["NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"].includes(error.code);
        if (!isRefusal) throw error;
      }
    return done;
  })();
  return () => {
    stopping.abort();
    return running;
  };
}

const pick = <T>(all: readonly T[]): T =>
  all[Math.floor(Math.random() * all.length)] as T;

it.each(["deactivate", "erase"] as const)(
  "R40, R41: while somebody is to %s, marks, messages and additions go on without a deadlock, and nothing of them is left over",
  async (move) => {
    const { services } = rig();
    const [alice, bob, gone] = [randomUUID(), randomUUID(), randomUUID()];
    const ids: string[] = [];
    for (let i = 0; i < 15; i++) {
      const id = await converse(services, alice, [bob, gone]);
      for (const user of [alice, gone, alice]) await say(services, user, id);
      ids.push(id);
    }
    const read = (user: string) =>
      services.receipts.mark(
        viewer(user),
        "READ",
        { conversationId: pick(ids), seq: 3 },
        { upTo: Math.random() < 0.5 },
      );
    const stops = [
      keepOn(() => read(bob)),
      keepOn(() => read(gone)),
      keepOn(() => say(services, pick([alice, gone]), pick(ids))),
      keepOn(() =>
        services.conversations.add(viewer(alice), pick(ids), [gone]),
      ),
      keepOn(() => converse(services, alice, [gone])),
      keepOn(() => services.users.ensure({ id: gone })),
    ];
    const twice = [0, 1].map(() => services.lifecycle[move](service, gone));
    await Promise.all(twice);
    await Promise.all(stops.map((stop) => stop()));
    const [present] = await sql<{ count: number }[]>`
      select count(*)::int as count from participants where user_id = ${gone} and left_at is null`;
    expect(present?.count).toBe(0);
    if (move === "erase") expect(await traces(gone)).toBe(0);
    for (const id of ids) {
      const [status] = await services.statuses.recipients({
        ...{ conversationId: id, seq: 1, audience: everyone, state: null },
        ...{ afterUserId: "", limit: 10 },
      });
      expect(status?.userId).toBe(bob);
    }
  },
  60_000,
);

it("R40: of a deactivation and a reactivation at once, one stands everywhere", async () => {
  const { services } = rig();
  const [alice, bob] = [randomUUID(), randomUUID()];
  for (let i = 0; i < 10; i++) await converse(services, alice, [bob]);
  const { lifecycle } = services;
  await lifecycle.deactivate(service, bob);
  for (let i = 0; i < 6; i++) {
    await Promise.all([
      lifecycle.reactivate(service, bob),
      lifecycle.deactivate(service, bob),
    ]);
    const [row] = await sql<{ isOut: boolean; present: number }[]>`
      select exists (select from deactivations where user_id = ${bob}) as "isOut",
        (select count(*) from participants where user_id = ${bob} and left_at is null)::int as present`;
    // The call that lost may have ended before the other one had gone through all.
    if (row?.isOut) await lifecycle.deactivate(service, bob);
    else await lifecycle.reactivate(service, bob);
    const [after] = await sql<{ present: number }[]>`
      select count(*)::int as present from participants where user_id = ${bob} and left_at is null`;
    expect(after?.present).toBe(row?.isOut ? 0 : 10);
    if (!row?.isOut) await lifecycle.deactivate(service, bob);
  }
}, 60_000);

it.each([1, 2, 4, 7, 9])(
  "R40, R41: a call that ends after %i steps leaves each conversation whole, and a repeat goes on",
  async (steps) => {
    const { services, database, bus } = rig();
    const [alice, gone] = [randomUUID(), randomUUID()];
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const id = await converse(services, alice, [gone]);
      for (let n = 0; n < 3; n++) await say(services, gone, id, "a secret");
      const { seq } = await say(services, alice, id);
      await services.receipts.mark(
        viewer(gone),
        "READ",
        { conversationId: id, seq },
        { upTo: true },
      );
      ids.push(id);
    }
    const { db } = database;
    const { awaitFree } = conversationQueries(db);
    const onceFree = createOnceFree({ turns: createLockTurns(), awaitFree });
    let left = steps;
    const dying: OnceFree = (id, make) => {
      if (left-- <= 0) throw new Error("killed");
      return onceFree(id, make);
    };
    const erasedIds = createErasedIds(testSecret);
    const needs = { db, bus, erasedIds };
    const broken = createLifecycleService({ ...needs, onceFree: dying });
    await expect(broken.erase(service, gone)).rejects.toThrow("killed");

    // Whole: whoever is still in it is there with all of it, whoever is not counts no more, and is told of.
    for (const id of ids) {
      const [row] = await sql<
        { isGone: boolean; told: number; version: number }[]
      >`
        select p.left_at is not null as "isGone", c.version::int as version,
          (select max(version) from receipt_log l where l.conversation_key = c.key and l.kind in ('LEFT', 'DELETED'))::int
            as told
        from conversations c join participants p on p.conversation_key = c.key and p.number = 2 where c.id = ${id}`;
      if (row?.isGone) expect(row.told).toBe(row.version);
      else expect(row?.told).toBeNull();
    }
    // Their token is refused from the first moment.
    await expect(services.users.ensure({ id: gone })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    const whole = createLifecycleService({ ...needs, onceFree });
    await whole.erase(service, gone);
    expect(await traces(gone)).toBe(0);
    const [bodies] = await sql<{ count: number }[]>`
      select count(*)::int as count from messages
      where body = 'a secret' and conversation_id = any(${ids})`;
    expect(bodies?.count).toBe(0);
    expect(await whole.erase(service, gone)).toEqual({
      ...{ conversationCount: 0, messageCount: 0 },
    });
  },
);
