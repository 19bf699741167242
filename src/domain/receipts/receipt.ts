/**
 * What a recipient acknowledges. The schema's `ReceiptKind` is this type.
 *
 * Each place that decides by the kind does so by an exhaustive `switch` or a `Record` of all kinds,
 * so that a new kind does not compile until each of them has its decision.
 */
export type ReceiptKind = "DELIVERED" | "READ";

/** The state of one message at one recipient (R6). The schema's `RecipientState` is this type. */
export type RecipientState = "PENDING" | "DELIVERED" | "READ";

/** The state of one message at all of its recipients (R11). The schema's `OverallStatus` is this type. */
export type OverallStatus = "SENT" | "PARTIAL" | "DELIVERED" | "READ";
