/** What a recipient acknowledges. The schema's `ReceiptKind` is this type. */
export type ReceiptKind = "DELIVERED" | "READ";

/** What became of one message at one recipient. The schema's `RecipientState` is this type. */
export type RecipientState = "PENDING" | "DELIVERED" | "READ";

/** What became of one message at all of its recipients (R11). The schema's `OverallStatus` is this type. */
export type OverallStatus = "SENT" | "PARTIAL" | "DELIVERED" | "READ";
