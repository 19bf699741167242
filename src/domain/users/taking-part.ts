import type { Db } from "../../db/connect.js";
import { AppError } from "../../foundation/errors.js";
import type { ErasedIds } from "./erased-ids.js";
import * as queries from "./taking-part-queries.js";

/**
 * Decides, in a transaction that lets users in, who of them take part in nothing: they are deactivated (R40), or
 * their id is that of an erased user (R41). The others have a row from now on, and stay as they are until the
 * transaction has ended.
 *
 * Locking: rows of users, in order of id, after the rows of a conversation and its participants.
 * @returns the first of those who take part in nothing; null where there is none
 */
export async function firstWhoIsOut(
  tx: Db,
  { digestOf }: ErasedIds,
  userIds: readonly string[],
): Promise<string | null> {
  const isNew = new Set(await queries.insertUsers(tx, userIds));
  const held = await queries.holdUsers(tx, userIds);
  const deactivated = await queries.selectDeactivated(tx, userIds);
  // Whoever has had a row so far was not erased: an erased user has none.
  const erased =
    isNew.size === 0
      ? new Set<string>()
      : await queries.selectErased(tx, [...isNew].map(digestOf));
  return (
    userIds.find(
      (id) =>
        !held.has(id) ||
        deactivated.has(id) ||
        (isNew.has(id) && erased.has(digestOf(id))),
    ) ?? null
  );
}

/** The error for a user who takes part in nothing: deactivated and erased users look the same. */
export function takesPartInNothing(
  argumentPath?: readonly (string | number)[],
): AppError {
  return new AppError(
    "FORBIDDEN",
    "This user is deactivated, and takes part in nothing.",
    argumentPath && { argumentPath },
  );
}
