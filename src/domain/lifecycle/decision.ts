import { randomUUID } from "node:crypto";
import { inTransaction, type Db } from "../../db/connect.js";
import { notFound } from "../../foundation/errors.js";
import type { ErasedIds } from "../users/erased-ids.js";
import * as users from "../users/taking-part-queries.js";
import { insertDeactivation } from "./departure-queries.js";
import { insertErasure, selectAlias } from "./erasure-queries.js";

/*
 * What is decided on a user before their conversations are looked at. The user's row is locked: whoever lets them in
 * somewhere at the same moment has done so before, and is found, or finds out.
 */

/**
 * Decides on a user who was not erased. They have a row from now on.
 * @throws {AppError} NOT_FOUND where the user was erased
 */
export function decide(
  { db, erasedIds }: { db: Db; erasedIds: ErasedIds },
  userId: string,
  decision: (tx: Db, userId: string) => Promise<void>,
): Promise<void> {
  const digest = erasedIds.digestOf(userId);
  return inTransaction(db, async (tx) => {
    await users.insertUsers(tx, [userId]);
    await users.lockUser(tx, userId);
    if ((await users.selectErased(tx, [digest])).has(digest))
      throw notFound("user");
    await decision(tx, userId);
  });
}

/**
 * Keeps a user out for good: no token of theirs is let in, and nobody adds them.
 * @returns the id that stands for theirs; null where they were erased before
 */
export function bar(
  db: Db,
  userId: string,
  digest: string,
): Promise<string | null> {
  return inTransaction(db, async (tx) => {
    await insertErasure(tx, digest, `erased-${randomUUID()}`);
    const alias = await selectAlias(tx, digest);
    if (alias === null) return null;
    // Also a user who is not known has a row to be locked: others may be letting them in.
    await users.insertUsers(tx, [userId]);
    await users.lockUser(tx, userId);
    await users.insertUsers(tx, [alias]);
    await insertDeactivation(tx, userId);
    return alias;
  });
}
