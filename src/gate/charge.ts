import type { AppError } from "../foundation/errors.js";

/** Charges users with what their operations cost. */
export interface Charges {
  /**
   * Called once for each operation that may pass otherwise, before it is executed; for a subscription
   * when it begins.
   * @param cost at least 1
   * @returns null where the user has so much left; else the refusal, RATE_LIMITED, and nothing is charged
   */
  charge(userId: string, cost: number): AppError | null;
}

/** Charges nobody. */
export const noCharges: Charges = { charge: () => null };
