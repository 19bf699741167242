import { sql, type SQL } from "drizzle-orm";
import type { RecipientState } from "./receipt.js";

// R20 and R39 in SQL, the mirror of `privacy.ts`; `test/privacy-rules.test.ts` compares the two.

/** The states as SQL. A new state needs a line here, and a case in {@link stateShown}. */
export const stateText: Record<RecipientState, SQL> = {
  PENDING: sql`'PENDING'`,
  DELIVERED: sql`'DELIVERED'`,
  READ: sql`'READ'`,
};

/** A message at a recipient, and the viewer who looks at it. Each field is an SQL expression. */
export interface LookedAt {
  /** An alias of `participants`: the recipient. */
  readonly participant: SQL;
  readonly seq: SQL;
  /** The viewer's user id; null where the viewer is no recipient. */
  readonly self: SQL;
  /** Whether the viewer sees others' reads. */
  readonly seesReads: SQL;
}

/**
 * Whether a viewer sees others' reads: `seesOthersReads`.
 * @param given an expression that says so, or null
 * @param userId an expression for the user whose preference is looked up where `given` is null; where
 * it is null as well, the viewer sees everything
 */
export function seesReads(given: SQL, userId: SQL): SQL {
  return sql`coalesce(${given},
  (select viewer.read_receipts from users viewer where viewer.id = ${userId}), true)`;
}

/** Whether a recipient has read a message, as the viewer sees it: `showsRead`. */
export function showsAsRead({
  participant,
  seq,
  self,
  seesReads,
}: LookedAt): SQL {
  return sql`case
  when ${participant}.user_id = ${self} then ${participant}.read @> ${seq}
  else ${seesReads} and ${participant}.read @> ${seq} and not ${participant}.hidden @> ${seq} end`;
}

/** Whether a recipient has a message, as the viewer sees it. */
export function showsAsDelivered({ participant, seq, self }: LookedAt): SQL {
  return sql`${participant}.delivered @> ${seq}
    and (not ${participant}.withheld @> ${seq} or ${participant}.user_id is not distinct from ${self})`;
}

/** The state of a recipient that the viewer sees: `shownState`. */
export function stateShown(lookedAt: LookedAt): SQL {
  return sql`case when ${showsAsRead(lookedAt)} then ${stateText.READ}
  when ${showsAsDelivered(lookedAt)} then ${stateText.DELIVERED} else ${stateText.PENDING} end`;
}

/**
 * What a mark adds to the `hidden` of a participant: `hiddenByMark`.
 * @param hidden an expression for the set before
 * @param readAdded an expression for the messages that the mark adds to `read`
 * @param hidesReads an expression that says whether the user hides what they read
 */
export function hiddenAfter(hidden: SQL, readAdded: SQL, hidesReads: SQL): SQL {
  return sql`case when ${hidesReads} then ${hidden} + ${readAdded} else ${hidden} end`;
}

/**
 * What a mark adds to the `withheld` of a participant: `withheldByMark`.
 * @param withheld an expression for the set before
 * @param deliveredAdded an expression for the messages that the mark adds to `delivered`
 * @param isObserver an expression that says whether the participant is an observer
 */
export function withheldAfter(
  withheld: SQL,
  deliveredAdded: SQL,
  isObserver: SQL,
): SQL {
  return sql`case when ${isObserver} then ${withheld} + (${deliveredAdded}) else ${withheld} end`;
}

/**
 * Whether nobody else is told of what a participant reads: by their preference, or since they are an observer.
 * @param user an alias of `users`
 * @param participant an alias of `participants`
 */
export function hidesReads(user: SQL, participant: SQL): SQL {
  return sql`(not ${user}.read_receipts or ${participant}.is_observer)`;
}
