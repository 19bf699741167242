import { randomUUID } from "node:crypto";
import { roles, sees, type Names, type Role } from "./roles.js";

/** `ok` with something in the answer, `null` with nothing, or the code of the error. */
export type Outcome =
  | "ok"
  | "null"
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "BAD_USER_INPUT"
  | "CONFLICT"
  | "UNAUTHENTICATED";

/** An operation, and what it is for whom. */
export interface Operation {
  /** The variables without which it can't be asked, by argument; those of an input by `input.field`. */
  readonly needs: Readonly<
    Record<string, (names: Names, role: Role) => unknown>
  >;
  /** Its other arguments, each with a value that changes nothing in who may. */
  readonly takes?: Readonly<
    Record<string, (names: Names, role: Role) => unknown>
  >;
  /** Whether it names a conversation or a message that there may not be, or not for the caller. */
  readonly names: boolean;
  readonly outcome: (role: Role) => Outcome;
}

const isIn = (role: Role) => role !== "none" && sees[role].length > 0;
const signedIn =
  (outcome: (role: Role) => Outcome) =>
  (role: Role): Outcome =>
    role === "none" ? "UNAUTHENTICATED" : outcome(role);

const everybody = signedIn(() => "ok");
/** For the back end alone, whoever else asks (R40, R41). */
const backEnd = signedIn((role) => (role === "service" ? "ok" : "FORBIDDEN"));
/** For those who are in the conversation, and for the back end. */
const among = (refusal: Outcome) =>
  signedIn((role) => (isIn(role) ? "ok" : refusal));
/** For those who are in the conversation; a service token marks for none (R19). */
const marking = (seq: number) =>
  signedIn((role) => {
    if (role === "service") return "FORBIDDEN";
    return sees[role].includes(seq) ? "ok" : "NOT_FOUND";
  });

/** For owners and for the back end: the others of the conversation may not (R28). */
const managing = signedIn((role) => {
  if (role === "other" || role === "service") return "ok";
  return isIn(role) ? "FORBIDDEN" : "NOT_FOUND";
});

const conversationId = (names: Names) => names.conversationId;
const third = ({ messages }: Names) => messages[2].id;
const first = ({ messages }: Names) => messages[0].id;
const cursor = (names: Names) => names.cursor;
const fresh = () => randomUUID();

/** A list's cursor of its own place is made in the test, by the sender. */
export const placeOfList = "a cursor of the list";
const place = () => placeOfList;

/** Every operation of the schema with every argument. */
export const operations: Readonly<Record<string, Operation>> = {
  "Query.viewer": { needs: {}, names: false, outcome: everybody },
  "Query.conversation": {
    needs: { id: conversationId },
    names: true,
    outcome: among("null"),
  },
  "Query.conversations": {
    needs: {},
    takes: { first: () => 2, after: place },
    names: false,
    outcome: everybody,
  },
  "Query.message": {
    needs: { id: first },
    names: true,
    outcome: signedIn((role) => (sees[role].includes(1) ? "ok" : "null")),
  },
  "Query.statusChanges": {
    needs: { after: cursor, conversationId },
    takes: { first: () => 1 },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Mutation.createConversation": {
    needs: { "input.participantIds": ({ user }) => [user("other")] },
    takes: {
      "input.id": fresh,
      "input.title": () => "A title",
      "input.clientId": fresh,
      "input.observerIds": ({ user }) => [user("observer")],
      "input.receiptPolicy": () => "COUNTS",
    },
    names: false,
    outcome: signedIn((role) => (role === "deactivated" ? "FORBIDDEN" : "ok")),
  },
  "Mutation.addParticipants": {
    needs: {
      "input.conversationId": conversationId,
      "input.userIds": ({ user }) => [user("recipient")],
    },
    takes: { "input.participation": () => "OBSERVER" },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Mutation.sendMessage": {
    needs: {
      "input.conversationId": conversationId,
      "input.clientId": fresh,
      // Anybody may say that they are themselves; the back end is no participant, and sends for the sender.
      "input.senderId": ({ user }, role) =>
        user(role === "service" ? "sender" : role),
    },
    takes: {
      "input.body": () => "a body",
      "input.type": () => "text",
      "input.fileType": () => "text/plain",
      "input.countsAsUnread": () => false,
      "input.mentionedUserIds": ({ user }) => [user("recipient")],
      "input.mentionsAll": () => true,
    },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Mutation.deleteMessage": {
    needs: { "input.messageId": first },
    names: true,
    outcome: signedIn((role) => {
      if (!sees[role].includes(1)) return "NOT_FOUND";
      return role === "sender" || role === "service" ? "ok" : "FORBIDDEN";
    }),
  },
  "Mutation.markDelivered": {
    needs: { "input.messageId": first },
    names: true,
    outcome: marking(1),
  },
  "Mutation.markRead": {
    needs: { "input.messageId": first },
    takes: { "input.seen": ({ elsewhere }) => elsewhere },
    names: true,
    outcome: marking(1),
  },
  "Mutation.bulkMarkDelivered": {
    needs: {
      "input.conversationId": conversationId,
      "input.upToMessageId": third,
    },
    names: true,
    outcome: marking(3),
  },
  "Mutation.bulkMarkRead": {
    needs: {
      "input.conversationId": conversationId,
      "input.upToMessageId": third,
    },
    takes: { "input.seen": ({ elsewhere }) => elsewhere },
    names: true,
    outcome: marking(3),
  },
  "Mutation.syncReceipts": {
    needs: {
      "input.receipts": (names) => [
        { messageId: first(names), kind: "READ", upTo: false },
      ],
    },
    names: true,
    outcome: signedIn((role) => (role === "service" ? "FORBIDDEN" : "ok")),
  },
  "Mutation.markUnread": {
    needs: { "input.conversationId": conversationId },
    takes: { "input.fromMessageId": third },
    names: true,
    outcome: marking(3),
  },
  "Mutation.muteConversation": {
    needs: { "input.conversationId": conversationId },
    takes: { "input.until": () => "2030-01-01T00:00:00.000Z" },
    names: true,
    outcome: marking(3),
  },
  "Mutation.setReadReceipts": {
    needs: { "input.enabled": () => true },
    names: false,
    outcome: everybody,
  },
  "Mutation.updateConversation": {
    needs: { "input.conversationId": conversationId },
    takes: {
      "input.title": () => "Another title",
      "input.receiptPolicy": () => "FULL",
    },
    names: true,
    outcome: managing,
  },
  "Mutation.setParticipation": {
    needs: {
      "input.conversationId": conversationId,
      "input.userId": ({ user }) => user("recipient"),
      "input.participation": () => "RECIPIENT",
    },
    names: true,
    outcome: managing,
  },
  "Mutation.deactivateUser": {
    needs: { "input.userId": ({ user }) => user("left") },
    names: false,
    outcome: backEnd,
  },
  "Mutation.reactivateUser": {
    needs: { "input.userId": ({ user }) => user("left") },
    names: false,
    outcome: backEnd,
  },
  "Mutation.eraseUser": {
    needs: { "input.userId": ({ user }) => user("left") },
    names: false,
    outcome: backEnd,
  },
  // Last: whoever was in the conversation has left it then. The back end removes the sender.
  "Mutation.removeParticipant": {
    needs: {
      "input.conversationId": conversationId,
      "input.userId": ({ user }, role) =>
        user(role === "service" ? "sender" : role),
    },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Subscription.messageStatusChanged": {
    needs: { conversationId },
    takes: { sentByViewer: () => true, after: cursor },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Subscription.messageAdded": {
    needs: { conversationId },
    takes: { after: cursor },
    names: true,
    outcome: among("NOT_FOUND"),
  },
  "Subscription.badgeChanged": {
    needs: {},
    names: false,
    outcome: signedIn((role) => (role === "service" ? "FORBIDDEN" : "ok")),
  },
};

/** Fields of inputs within lists, which the operation's own argument holds. */
export const itemFields: readonly string[] = [
  "ReceiptInput.messageId",
  "ReceiptInput.kind",
  "ReceiptInput.upTo",
  "ReceiptInput.seen",
];

/** Values of enumerations, each of which a table above decides on. */
export const values: Readonly<Record<string, readonly string[]>> = {
  ParticipantRole: ["OWNER", "MEMBER"],
  Participation: ["RECIPIENT", "OBSERVER"],
  ReceiptPolicy: ["FULL", "COUNTS", "OFF"],
  OverallStatus: ["SENT", "PARTIAL", "DELIVERED", "READ"],
  RecipientState: ["PENDING", "DELIVERED", "READ"],
  ReceiptKind: ["DELIVERED", "READ"],
  ReceiptErrorCode: ["NOT_FOUND", "BAD_USER_INPUT"],
};

/** Those who are to be told the same of what there is and of what there is not (R18). */
export function outsiders({ names, outcome }: Operation): readonly Role[] {
  if (!names) return [];
  const alike: readonly Outcome[] = ["null", "NOT_FOUND"];
  return roles.filter(
    (role) =>
      alike.includes(outcome(role)) ||
      (role !== "none" && !isIn(role)) ||
      (role === "service" && outcome(role) === "FORBIDDEN"),
  );
}
