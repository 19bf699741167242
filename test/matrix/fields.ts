import type { ReceiptPolicy } from "../support/chat.js";
import {
  delivered,
  mentioned,
  mutedUntil,
  muting,
  observed,
  present,
  recipientsOf,
  sees,
  unread,
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
  /** What all messages were sent under (R42). */
  readonly policy: ReceiptPolicy;
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
  const found = [
    ...[...present, "left", "deactivated", "never", "service"],
  ].find((role) => names.user(role as Role) === id);
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
  const isSelf = who === look.role;
  const told = isSelf ? [1, 2, 3] : sees[look.role];
  let newest = 0;
  for (const seq of told) {
    // An observer counts what they see themselves; to others it was not for them.
    const isTo = recipientsOf[seq]?.includes(who) ?? false;
    const isFor = isTo || (isSelf && observes(who));
    if (isFor && !have.includes(seq)) return isSelf ? seq - 1 : newest;
    newest = seq;
  }
  return newest;
}

const observes = (role: Role) => role === "observer";

/** R42: the recipients that the viewer may list. */
function listedOf(seq: number, { policy, role }: Look): readonly Role[] {
  const all = recipientsOf[seq] ?? [];
  return policy === "FULL" ? all : all.filter((one) => one === role);
}

/** R11, R12, R42, R43: what follows from who has a message. */
function countsOf(seq: number, look: Look) {
  const all = recipientsOf[seq] ?? [];
  const isCounted = look.policy === "COUNTS" && all.length >= 3;
  const counted = isCounted ? all : listedOf(seq, look);
  const total = counted.length;
  const has = counted.filter((role) => delivered[role]?.includes(seq)).length;
  const isRead = counted.includes("recipient") && everyRead.includes(seq);
  const read = isRead && readsShow(look) ? 1 : 0;
  const delivery =
    total === 1 ? "Delivered" : `Delivered to ${has} of ${total}`;
  const reading = total === 1 ? "Read" : `Read by ${read} of ${total}`;
  return {
    totalRecipients: total,
    deliveredCount: has,
    readCount: read,
    overallStatus:
      has === 0
        ? "SENT"
        : read === total
          ? "READ"
          : has === total
            ? "DELIVERED"
            : "PARTIAL",
    summaryText: read > 0 ? reading : has > 0 ? delivery : "Sent",
  };
}

/** The messages of which the viewer is told that they changed since before they were sent. */
const changedFor = ({ role, policy }: Look) =>
  policy === "OFF"
    ? [...(delivered[role] ?? []), ...(observes(role) ? observed : [])]
    : sees[role].filter((seq) => seq !== 2);

/** How many recipients a page of a message's status shows. */
const listedIn: Expected = ({ object }, look) =>
  listedOf(seqOf(object.split("/")[0], look), look).length;

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
const unreadCount = (role: Role) => unread[role]?.length ?? 0;
const unreadMentions = (role: Role) =>
  mentioned.includes(role) && unread[role]?.includes(3) ? 1 : 0;
/** What the conversation adds to the badge (R37). */
const inBadge = (role: Role) =>
  role === muting ? unreadMentions(role) : unreadCount(role);

/** Whose receipt it is. */
const receiverOf = (of: Seen["of"], look: Look): Role =>
  roleOf(userOf(of["participant"] as Seen["of"]), look);

const isSelf = ({ of }: Seen, look: Look) =>
  look.role !== "service" && roleOf(of["id"], look) === look.role;

/** Every field of every object of the schema, and what it is for whom. */
export const fields: Readonly<Record<string, Expected>> = {
  "Conversation.id": () => same,
  "Conversation.title": () => same,
  "Conversation.receiptPolicy": (_, { policy }) => policy,
  "Conversation.createdAt": () => same,
  "Conversation.cursor": () => sealed,
  "Conversation.participants": () => "object",
  "Conversation.messages": () => "object",
  "Conversation.lastMessage": () => "object",
  "Conversation.unreadCount": (_, { role }) => unreadCount(role),
  "Conversation.unreadMentionCount": (_, { role }) => unreadMentions(role),
  "Conversation.firstUnread": (_, { role }) =>
    unreadCount(role) > 0 ? "object" : null,
  "Conversation.mutedUntil": (_, { role }) =>
    role === muting ? mutedUntil : null,
  "Conversation.viewerParticipant": (_, { role }) =>
    role === "service" ? null : "object",

  "Participant.id": () => same,
  "Participant.user": () => "object",
  "Participant.role": ({ of }, look) =>
    roleOf(userOf(of), look) === "other" ? "OWNER" : "MEMBER",
  "Participant.isActive": () => true,
  "Participant.joinedAt": () => same,
  "Participant.participation": ({ of }, look) =>
    observes(roleOf(userOf(of), look)) ? "OBSERVER" : "RECIPIENT",
  "Participant.deliveredUpToSeq": ({ of }, look) => {
    const who = roleOf(userOf(of), look);
    if (who !== look.role && look.policy !== "FULL") return 0;
    return upTo(delivered[who] ?? (observes(who) ? observed : []), who, look);
  },
  "Participant.readUpToSeq": ({ of }, look) => {
    const who = roleOf(userOf(of), look);
    const isSelf = who === look.role;
    if (!isSelf && (!look.viewerShows || look.policy !== "FULL")) return null;
    if (observes(who)) return upTo(observed, who, look);
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
  "Message.countsAsUnread": () => true,
  "Message.mentionsViewer": ({ of }, look) =>
    seqOf(of["id"], look) === 3 && mentioned.includes(look.role),
  "Message.isUnread": ({ of }, look) =>
    unread[look.role]?.includes(seqOf(of["id"], look)) ?? false,
  "MessageAdded.cursor": () => sealed,
  "MessageAdded.message": () => "object",

  "MessageStatus.id": () => same,
  "MessageStatus.overallStatus": ofStatus("overallStatus"),
  "MessageStatus.totalRecipients": ofStatus("totalRecipients"),
  "MessageStatus.deliveredCount": ofStatus("deliveredCount"),
  "MessageStatus.readCount": ofStatus("readCount"),
  "MessageStatus.summaryText": ofStatus("summaryText"),
  "MessageStatus.receiptPolicy": (_, { policy }) => policy,
  "MessageStatus.recipients": () => "object",
  "RecipientStatus.id": (_, { policy }) => (policy === "FULL" ? same : there),
  "RecipientStatus.user": () => "object",
  "RecipientStatus.state": stateOf,
  "RecipientStatus.statusText": (seen, look) => {
    const state = stateOf(seen, look);
    return state.charAt(0) + state.slice(1).toLowerCase();
  },
  "RecipientStatus.deliveredAt": (seen, look) => {
    if (stateOf(seen, look) === "PENDING") return null;
    return look.policy === "FULL" ? same : there;
  },
  "RecipientStatus.readAt": (seen, look) =>
    stateOf(seen, look) === "READ" ? there : null,

  "User.id": ({ value }, look) => look.names.user(roleOf(value, look)),
  "User.displayName": () => null,
  "User.avatarUrl": () => null,
  "User.readReceipts": (seen, look) =>
    isSelf(seen, look) ? look.viewerShows : null,
  "User.unreadCount": (seen, look) =>
    isSelf(seen, look) ? unreadCount(look.role) : null,
  "User.badge": (seen, look) => (isSelf(seen, look) ? "object" : null),
  "Badge.unreadCount": (_, { role }) => inBadge(role),
  "Badge.unreadMentionCount": (_, { role }) => unreadMentions(role),
  "Badge.unreadConversationCount": (_, { role }) => Math.min(1, inBadge(role)),

  "MessageStatusChange.cursor": () => sealed,
  "MessageStatusChange.conversation": () => "object",
  "MessageStatusChange.receipts": () => there,
  "MessageStatusChange.messageCount": (_, look) => changedFor(look).length,
  "MessageStatusChange.messages": (_, look) => changedFor(look).length,
  "MessageStatusChange.reset": () => false,
  // Others' receipts are told under FULL alone, an observer's to themselves.
  "Receipt.participant": ({ of }, look) => {
    const who = receiverOf(of, look);
    const isTold = look.policy === "FULL" && !observes(who);
    return who === look.role || isTold ? "object" : undefined;
  },
  "Receipt.kind": ({ value, of }, look) => {
    const isRead = value === "READ" && receiverOf(of, look) !== look.role;
    return isRead && !readsShow(look) ? "DELIVERED" : value;
  },
  "Receipt.at": () => there,
  "Receipt.fromSeq": ({ value }, { role }) =>
    sees[role].find((seq) => seq === value),
  "Receipt.toSeq": ({ value }, { role }) =>
    sees[role].find((seq) => seq === value),
  "StatusChangePage.nodes": (_, look) => (changedFor(look).length > 0 ? 1 : 0),
  "StatusChangePage.endCursor": () => sealed,
  "StatusChangePage.hasNextPage": () => false,

  ...page("Conversation", () => 1),
  ...page("Participant", () => present.length),
  "ParticipantConnection.totalCount": () => present.length,
  ...page("Message", (_, { role }) => sees[role].length),
  ...page("RecipientStatus", listedIn),
  "RecipientStatusConnection.totalCount": listedIn,
  "PageInfo.hasNextPage": () => false,
  "PageInfo.hasPreviousPage": () => false,
  "PageInfo.startCursor": () => sealed,
  "PageInfo.endCursor": () => sealed,

  ...payloads(),
};

/** The fields of a page: as many nodes and edges as the viewer sees. */
function page(node: string, count: Expected): Record<string, Expected> {
  return {
    [`${node}Connection.edges`]: count,
    [`${node}Connection.nodes`]: count,
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
    MarkUnreadPayload: ["conversation", "cursor"],
    MuteConversationPayload: ["conversation"],
    UpdateConversationPayload: ["conversation"],
    SetParticipationPayload: ["conversation", "participant"],
    DeactivateUserPayload: ["conversationCount"],
    ReactivateUserPayload: ["conversationCount"],
    EraseUserPayload: ["conversationCount", "messageCount"],
  };
  return Object.fromEntries(
    Object.entries(answered).flatMap(([type, names]) =>
      names.map((name) => [`${type}.${name}`, () => there] as const),
    ),
  );
}
