import type { Bounds } from "./bounds.js";
import type { ToldStatus } from "./history.js";
import type { Violations } from "./violation.js";

/** Checks the counts of a message that somebody was told of between two moments (R11). */
export function checkStatus(
  bounds: Bounds,
  conversationId: string,
  status: ToldStatus,
  { fromMs, toMs, who }: { fromMs: number; toMs: number; who: string },
  violations: Violations,
): void {
  const { seq, deliveredCount, readCount, totalRecipients } = status;
  const key = `${conversationId} ${seq}`;
  const total = bounds.recipientsOf(conversationId, seq).length;
  if (totalRecipients !== total)
    violations.wrong(
      "R1",
      `${who}: message ${key} has ${totalRecipients} recipients, not ${total}`,
    );
  const expected = overallOf(status);
  if (status.overallStatus !== expected)
    violations.wrong(
      "R11",
      `${who}: message ${key} is ${status.overallStatus}, by its counts ${expected}`,
    );
  if (readCount > deliveredCount || deliveredCount > totalRecipients)
    violations.wrong(
      "R11",
      `${who}: message ${key} was read by ${readCount}, delivered to ${deliveredCount} of ${totalRecipients}`,
    );
  for (const [name, rank, count] of [
    ["delivered to", 1, deliveredCount],
    ["read by", 2, readCount],
  ] as const) {
    const { least, most } = bounds.count(
      ...([conversationId, seq, rank] as const),
      ...([fromMs, toMs] as const),
    );
    if (count < least)
      violations.lost(
        "R10",
        `${who}: message ${key} was ${name} ${count}, ${least} had acknowledged marks`,
      );
    if (count > most)
      violations.wrong(
        "R9",
        `${who}: message ${key} was ${name} ${count}, only ${most} had marked it`,
      );
  }
}

function overallOf({
  totalRecipients,
  deliveredCount,
  readCount,
}: ToldStatus): string {
  if (totalRecipients === 0 || deliveredCount === 0) return "SENT";
  if (readCount === totalRecipients) return "READ";
  return deliveredCount === totalRecipients ? "DELIVERED" : "PARTIAL";
}
