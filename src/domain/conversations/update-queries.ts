import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { keyOf } from "../../db/fragments.js";
import type { LockedConversation } from "./membership-queries.js";
import { policyNow } from "./policy-fragments.js";
import type { ReceiptPolicy } from "./receipt-policy.js";

/**
 * Stores title and receipt policy of a conversation whose lock the transaction holds. The policy is that of
 * the messages after the newest one: those before keep theirs (R42).
 */
export async function updateConversation(
  tx: Db,
  { id, lastSeq }: LockedConversation,
  changes: { title?: string | null; receiptPolicy?: ReceiptPolicy },
): Promise<void> {
  const { title, receiptPolicy } = changes;
  const isTitled = title !== undefined;
  const fromNowOn = sql`int8multirange(int8range(${lastSeq + 1}::int8, null))`;
  const next = sql.raw(
    receiptPolicy === undefined ? "null::text" : `'${receiptPolicy}'::text`,
  );
  const policy = sql`coalesce(${next}, ${policyNow(sql`conversation`)})`;
  const under = (name: ReceiptPolicy, set: string) => {
    const before = sql`conversation.${sql.raw(set)}`;
    return sql`case when ${policy} = ${sql.raw(`'${name}'`)} then ${before} + ${fromNowOn}
      else ${before} - ${fromNowOn} end`;
  };
  await tx.execute(sql`
    update conversations conversation
    set title = case when ${isTitled}::bool then ${title ?? null}::text else conversation.title end,
      under_counts = ${under("COUNTS", "under_counts")}, under_off = ${under("OFF", "under_off")}
    where conversation.key = ${keyOf(id)} and conversation.id = ${id}
      and ((${isTitled}::bool and conversation.title is distinct from ${title ?? null}::text)
        or ${policy} <> ${policyNow(sql`conversation`)})`);
}
