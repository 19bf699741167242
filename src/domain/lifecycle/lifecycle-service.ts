import { assertService, type Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { inTransaction, type Db } from "../../db/connect.js";
import { notFound } from "../../foundation/errors.js";
import { checkId, isId } from "../../foundation/limits.js";
import type { OnceFree } from "../conversations/once-free.js";
import type { ErasedIds } from "../users/erased-ids.js";
import { bar, decide } from "./decision.js";
import { bringBack, takeOut, type Move } from "./departure.js";
import * as departures from "./departure-queries.js";
import { endErasure, eraseInAll, type ErasedCounts } from "./erasure.js";
import { exportLines, type ExportedLine } from "./export.js";
import { exportQueries } from "./export-queries.js";
import { whereaboutsQueries } from "./whereabouts-queries.js";

/**
 * Users who go, for a while or for good, by word of the host app's back end alone. Each of these works through the
 * user's conversations, a small transaction or more for each; where it fails on the way, the same call goes on where
 * this one ended.
 */
export interface LifecycleService {
  /**
   * Takes a user out of all their conversations, and lets nobody bring them in (R40). The user need not be known.
   * @returns the number of conversations that this call took them out of
   * @throws {AppError} FORBIDDEN for users; BAD_USER_INPUT; NOT_FOUND where the user was erased; UNAVAILABLE
   */
  deactivate(viewer: Viewer, userId: string): Promise<number>;
  /**
   * Brings a deactivated user back into the conversations that they were taken out of (R40, R2).
   * @returns the number of conversations that this call brought them back into
   * @throws {AppError} FORBIDDEN for users; BAD_USER_INPUT; NOT_FOUND where the user was erased; UNAVAILABLE
   */
  reactivate(viewer: Viewer, userId: string): Promise<number>;
  /**
   * Forgets everything about a user (R41). The user need not be known: nobody is given the id from then on.
   * @throws {AppError} FORBIDDEN for users; BAD_USER_INPUT; UNAVAILABLE
   */
  erase(viewer: Viewer, userId: string): Promise<ErasedCounts>;
  /**
   * All that is stored of a user, read while it is taken (R41).
   * @throws {AppError} FORBIDDEN for users; NOT_FOUND where nothing is stored of the user
   */
  exported(
    viewer: Viewer,
    userId: string,
  ): Promise<AsyncIterable<ExportedLine>>;
}

/** Makes the service of users who go. */
export function createLifecycleService(needs: {
  readonly db: Db;
  readonly bus: Bus;
  readonly erasedIds: ErasedIds;
  readonly onceFree: OnceFree;
}): LifecycleService {
  const { db, bus, erasedIds, onceFree } = needs;
  const { presentIn, departedFrom } = departures.departureQueries(db);
  const exporting = exportQueries(db);
  const whereabouts = whereaboutsQueries(db);

  function tell(conversationId: string, version: number): void {
    bus.publish({ kind: "conversation", conversationId, version, xid: null });
  }

  /** Moves a user in these conversations, one after the other, until another call decides otherwise. */
  async function moveIn(
    conversationIds: readonly string[],
    userId: string,
    move: (tx: Db, id: string, userId: string) => Promise<Move>,
  ): Promise<number> {
    let moved = 0;
    for (const id of conversationIds) {
      const made = await onceFree(id, () =>
        inTransaction(db, (tx) => move(tx, id, userId)),
      );
      if (made.kind === "overtaken") break;
      if (made.kind === "unmoved") continue;
      tell(id, made.version);
      moved++;
    }
    if (moved > 0) bus.publish({ kind: "user", userId });
    return moved;
  }

  const takeOutOfAll = async (userId: string) =>
    moveIn(await presentIn(userId), userId, takeOut);

  return {
    async deactivate(viewer, userId) {
      assertMayDecide(viewer, userId);
      await decide(needs, userId, departures.insertDeactivation);
      return takeOutOfAll(userId);
    },

    async reactivate(viewer, userId) {
      assertMayDecide(viewer, userId);
      await decide(needs, userId, departures.deleteDeactivation);
      return moveIn(await departedFrom(userId), userId, bringBack);
    },

    async erase(viewer, userId) {
      assertMayDecide(viewer, userId);
      const digest = erasedIds.digestOf(userId);
      const alias = await bar(db, userId, digest);
      if (alias === null) return { conversationCount: 0, messageCount: 0 };
      // No node lets a token of theirs in from now on.
      bus.publish({ kind: "profile", userId });
      await takeOutOfAll(userId);
      const erased = { userId, alias };
      const counts = await eraseInAll(needs, whereabouts, erased, tell);
      await endErasure(db, userId, digest);
      return counts;
    },

    async exported(viewer, userId) {
      assertService(viewer);
      const user = isId(userId) ? await exporting.user(userId) : null;
      if (!user) throw notFound("user");
      return exportLines(exporting, user, await whereabouts.everIn(userId));
    },
  };
}

function assertMayDecide(viewer: Viewer, userId: string): void {
  assertService(viewer);
  checkId(["input", "userId"], userId);
}
