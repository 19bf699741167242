/**
 * What the fields of an operation cost. An answer's field costs 1 each time that it may stand in the
 * answer. A field that reads the database by a statement of its own costs `statement` beside that. Fields
 * that many objects ask for at once are read by one statement together, and cost no more than 1.
 */
export const prices = {
  field: 1,
  /** One row of a page, whether the document selects anything of it or not: the page is read. */
  row: 1,
  statement: 50,
  /** Sealing a cursor. */
  cursor: 5,
  /** `__schema` and `__type`: the whole of what may stand below them. */
  introspection: 2_000,
} as const;

/** The fields that read the database by a statement of their own, by the name of their type. */
export const statements: Readonly<Record<string, readonly string[]>> = {
  Query: ["conversation", "conversations", "message", "statusChanges"],
  Mutation: [
    "createConversation",
    "addParticipants",
    "removeParticipant",
    "sendMessage",
    "deleteMessage",
    "markDelivered",
    "markRead",
    "bulkMarkDelivered",
    "bulkMarkRead",
    "syncReceipts",
    "setReadReceipts",
    "markUnread",
    "muteConversation",
    "updateConversation",
    "setParticipation",
    "deactivateUser",
    "reactivateUser",
    "eraseUser",
  ],
  Conversation: ["participants", "messages", "viewerParticipant"],
  MessageStatus: ["recipients"],
  MessageStatusChange: ["messages"],
  User: ["unreadCount", "badge"],
  Subscription: ["badgeChanged"],
};

/** The length of lists without paging arguments, by their type and field. */
export const lists: Readonly<
  Record<string, number | { readonly asLongAs: readonly string[] }>
> = {
  // One for each who marked, merged: a page of changes brings few of them, a storm some hundreds.
  "MessageStatusChange.receipts": 10,
  // As long as what was handed in.
  "AddParticipantsPayload.added": { asLongAs: ["input", "userIds"] },
  "SyncReceiptsPayload.results": { asLongAs: ["input", "receipts"] },
};

/** The length of a page whose document does not say it, and whose schema has no default. */
export const defaultPage = 50;
