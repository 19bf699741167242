import {
  delivered,
  present,
  recipientsOf,
  sees,
  type Names,
  type Role,
} from "./roles.js";
import type { Seen } from "./selections.js";

/** Who looks at what, and who shows which reads. */
export interface Look {
  readonly role: Role;
  /** Whether the recipient shows what they read. */
  readonly recipientShows: boolean;
  /** Whether the viewer does, and so sees others' reads (R20). */
  readonly viewerShows: boolean;
  readonly names: Names;
}

/** What a field must be for a viewer; `"same"` for what it is for the sender, who sees all of it. */
type Expected = (seen: Seen, look: Look) => unknown;

/** What a field of a cursor or a page must be: a text that tells nothing, or null with nothing in the page. */
export const sealed = Symbol("a sealed text");
/** What a field must be that the answer has another rule for: how it is paged, or that it is answered at all. */
export const there = Symbol("there");
/** What a field must be that is the same for everybody who sees its object. */
export const same = Symbol("the same for all");

const everyRead = delivered.recipient ?? [];

/** The role of a user id. */
function roleOf(id: unknown, { names }: Look): Role {
  const found = [...present, "left", "never", "service"].find(
    (role) => names.user(role as Role) === id,
  );
  if (!found) throw new Error(`nobody has the id ${String(id)}`);
  return found as Role;
}

function seqOf(messageId: unknown, { names }: Look): number {
  const found = names.messages.find(({ id }) => id === messageId);
  if (!found) throw new Error("a message of somewhere else");
  return found.seq;
}

const userOf = (of: Seen["of"]): unknown =>
  (of["user"] as { id: string } | undefined)?.id;

/** Whether the recipient's reads show to the viewer as reads. */
const readsShow = ({ role, recipientShows, viewerShows }: Look): boolean =>
  role === "recipient" || (recipientShows && viewerShows);

/** R15, of what the viewer sees. */
function upTo(have: readonly number[], who: Role, look: Look): number {
  const told = who === look.role ? [1, 2, 3] : sees[look.role];
  let newest = 0;
  for (const seq of told) {
    const isFor = recipientsOf[seq]?.includes(who) ?? false;
    if (isFor && !have.includes(seq))
      return who === look.role ? seq - 1 : newest;
    newest = seq;
  }
  return newest;
}

/** R11, R12: what follows from who has a message. */
function countsOf(seq: number, look: Look) {
  const total = recipientsOf[seq] ?? [];
  const has = total.filter((role) => delivered[role]?.includes(seq));
  const read = readsShow(look) && everyRead.includes(seq) ? 1 : 0;
  const delivery = `Delivered to ${has.length} of ${total.length}`;
  const reading = `Read by ${read} of ${total.length}`;
  return {
    totalRecipients: total.length,
    deliveredCount: has.length,
    readCount: read,
    overallStatus: has.length === 0 ? "SENT" : "PARTIAL",
    summaryText: read > 0 ? reading : has.length > 0 ? delivery : "Sent",
  };
}

function stateOf({ of, object }: Seen, look: Look) {
  const [seq] = JSON.parse(Buffer.from(object, "base64url").toString()) as [
    number,
  ];
  const role = roleOf(userOf(of), look);
  if (role === "recipient" && everyRead.includes(seq) && readsShow(look))
    return "READ";
  return delivered[role]?.includes(seq) ? "DELIVERED" : "PENDING";
}

const ofStatus =
  (field: keyof ReturnType<typeof countsOf>): Expected =>
  ({ of }, look) =>
    countsOf(seqOf(of["id"], look), look)[field];

/** R14: how many messages by others each role has not read. */
const unread: Readonly<Partial<Record<Role, number>>> = {
  recipient: 1,
  other: 3,
  returned: 2,
  late: 1,
};

const isSelf = ({ of }: Seen, look: Look) =>
  look.role !== "service" && roleOf(of["id"], look) === look.role;

/** Every field of every object of the schema, and what it is for whom. */
export const fields: Readonly<Record<string, Expected>> = {
  "Conversation.id": () => same,
  "Conversation.title": () => same,
  "Conversation.createdAt": () => same,
  "Conversation.cursor": () => sealed,
  "Conversation.participants": () => "object",
  "Conversation.messages": () => "object",
  "Conversation.lastMessage": () => "object",
  "Conversation.unreadCount": (_, { role }) => unread[role] ?? 0,
  "Conversation.viewerParticipant": (_, { role }) =>
    role === "service" ? null : "object",

  "Participant.id": () => same,
  "Participant.user": () => "object",
  "Participant.role": ({ of }, look) =>
    roleOf(userOf(of), look) === "other" ? "OWNER" : "MEMBER",
  "Participant.isActive": () => true,
  "Participant.joinedAt": () => same,
  "Participant.deliveredUpToSeq": ({ of }, look) => {
    const who = roleOf(userOf(of), look);
    return upTo(delivered[who] ?? [], who, look);
  },
  "Participant.readUpToSeq": ({ of }, look) => {
    const who = roleOf(userOf(of), look);
    if (who !== look.role && !look.viewerShows) return null;
    const isShown = who === "recipient" && readsShow(look);
    return upTo(isShown ? everyRead : [], who, look);
  },

  "Message.id": () => same,
  "Message.clientId": () => same,
  "Message.conversation": () => "object",
  "Message.sender": () => "object",
  "Message.seq": ({ of }, look) => seqOf(of["id"], look),
  "Message.body": () => same,
  "Message.type": () => same,
  "Message.fileType": () => same,
  "Message.sentAt": () => same,
  "Message.deletedAt": () => same,
  "Message.status": () => "object",
  "MessageAdded.cursor": () => sealed,
  "MessageAdded.message": () => "object",

  "MessageStatus.id": () => same,
  "MessageStatus.overallStatus": ofStatus("overallStatus"),
  "MessageStatus.totalRecipients": ofStatus("totalRecipients"),
  "MessageStatus.deliveredCount": ofStatus("deliveredCount"),
  "MessageStatus.readCount": ofStatus("readCount"),
  "MessageStatus.summaryText": ofStatus("summaryText"),
  "MessageStatus.recipients": () => "object",
  "RecipientStatus.id": () => same,
  "RecipientStatus.user": () => "object",
  "RecipientStatus.state": stateOf,
  "RecipientStatus.statusText": (seen, look) => {
    const state = stateOf(seen, look);
    return state.charAt(0) + state.slice(1).toLowerCase();
  },
  "RecipientStatus.deliveredAt": (seen, look) =>
    stateOf(seen, look) === "PENDING" ? null : same,
  "RecipientStatus.readAt": (seen, look) =>
    stateOf(seen, look) === "READ" ? there : null,

  "User.id": ({ value }, look) => look.names.user(roleOf(value, look)),
  "User.displayName": () => null,
  "User.avatarUrl": () => null,
  "User.readReceipts": (seen, look) =>
    isSelf(seen, look) ? look.viewerShows : null,
  "User.unreadCount": (seen, look) =>
    isSelf(seen, look) ? (unread[look.role] ?? 0) : null,

  "MessageStatusChange.cursor": () => sealed,
  "MessageStatusChange.conversation": () => "object",
  "MessageStatusChange.receipts": () => there,
  "MessageStatusChange.messageCount": (_, { role }) =>
    sees[role].filter((seq) => seq !== 2).length,
  "MessageStatusChange.messages": (_, { role }) =>
    sees[role].filter((seq) => seq !== 2).length,
  "MessageStatusChange.reset": () => false,
  "Receipt.participant": () => "object",
  "Receipt.kind": ({ value }, look) =>
    value === "READ" && !readsShow(look) ? "DELIVERED" : value,
  "Receipt.at": () => there,
  "Receipt.fromSeq": ({ value }, { role }) =>
    sees[role].find((seq) => seq === value),
  "Receipt.toSeq": ({ value }, { role }) =>
    sees[role].find((seq) => seq === value),
  "StatusChangePage.nodes": () => 1,
  "StatusChangePage.endCursor": () => sealed,
  "StatusChangePage.hasNextPage": () => false,

  ...page("Conversation", () => 1),
  ...page("Participant", () => present.length),
  "ParticipantConnection.totalCount": () => present.length,
  ...page("Message", ({ role }) => sees[role].length),
  ...page("RecipientStatus", () => same),
  "RecipientStatusConnection.totalCount": () => same,
  "PageInfo.hasNextPage": () => false,
  "PageInfo.hasPreviousPage": () => false,
  "PageInfo.startCursor": () => sealed,
  "PageInfo.endCursor": () => sealed,

  ...payloads(),
};

/** The fields of a page: as many nodes and edges as the viewer sees. */
function page(
  node: string,
  count: (look: Look) => unknown,
): Record<string, Expected> {
  return {
    [`${node}Connection.edges`]: (_, look) => count(look),
    [`${node}Connection.nodes`]: (_, look) => count(look),
    [`${node}Connection.pageInfo`]: () => "object",
    [`${node}Edge.cursor`]: () => sealed,
    [`${node}Edge.node`]: () => "object",
  };
}

/** What mutations answer: their objects are those of queries. */
function payloads(): Record<string, Expected> {
  const answered: Readonly<Record<string, readonly string[]>> = {
    CreateConversationPayload: ["conversation"],
    AddParticipantsPayload: ["conversation", "added"],
    RemoveParticipantPayload: ["conversation"],
    SendMessagePayload: ["message", "duplicate"],
    DeleteMessagePayload: ["message"],
    MarkDeliveredPayload: ["message", "changed", "cursor"],
    MarkReadPayload: ["message", "changed", "cursor"],
    BulkMarkDeliveredPayload: ["conversation", "changed", "cursor"],
    BulkMarkReadPayload: ["conversation", "changed", "cursor"],
    SyncReceiptsPayload: ["results"],
    ReceiptResult: ["messageId", "kind", "changed", "error"],
    SetReadReceiptsPayload: ["viewer"],
  };
  return Object.fromEntries(
    Object.entries(answered).flatMap(([type, names]) =>
      names.map((name) => [`${type}.${name}`, () => there] as const),
    ),
  );
}
