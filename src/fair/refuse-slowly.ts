import { setTimeout as sleep } from "node:timers/promises";
import type { AppError } from "../foundation/errors.js";

/** How long a refusal takes, in milliseconds. */
export const refusalMs = 500;

/**
 * Refuses. Until it is answered, the refused operation is one of those of its user that run: who asks again at
 * once gains nothing. Requests of 500 marks, 40 at a time, each sent again when it was refused, took a whole core.
 */
export async function refuseSlowly(refusal: AppError): Promise<never> {
  await sleep(refusalMs);
  throw refusal;
}
