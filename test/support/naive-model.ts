/**
 * The answers that Acked should give, computed as simply as possible: a row for each message and
 * recipient, and loops over all of them. The model is written from the rules (R1–R58) alone and shares
 * no code with `src/`, so that a misunderstanding there is not repeated here. It is slow on purpose:
 * it has no indexes, sets or caches.
 *
 * Ids are the names that the test uses. Times are ticks of a clock that moves on at each operation:
 * two equal ticks mean "the same instant" and a tick never changes once it is set (R7).
 */

/** The error codes (R28) that an operation of the model can end with. */
export type ErrorCode =
  "NOT_FOUND" | "FORBIDDEN" | "BAD_USER_INPUT" | "CONFLICT";

/** The answer of an operation: its value, or the code of the error. */
export type Answer<T> = { ok: true; value: T } | { ok: false; code: ErrorCode };

/** A moment of the model's clock. */
export type Tick = number;

/** A participant's right to remove others. */
export type Role = "OWNER" | "MEMBER";

/** Whether a participant is a recipient of messages, or an observer (R39). */
export type Participation = "RECIPIENT" | "OBSERVER";

/** What others are shown of receipts (R42). */
export type ReceiptPolicy = "FULL" | "COUNTS" | "OFF";

/** The kind of a mark. */
export type ReceiptKind = "DELIVERED" | "READ";

/** The state of one message at one recipient. */
export type RecipientState = "PENDING" | "DELIVERED" | "READ";

/** The state of one message at all of its recipients together (R11). */
export type OverallStatus = "SENT" | "PARTIAL" | "DELIVERED" | "READ";

/** One uninterrupted time in a conversation; `to` is null while it lasts. */
export interface Stay {
  from: Tick;
  to: Tick | null;
}

/** A user who is, or was, in a conversation. The list only grows. */
export interface Participant {
  userId: string;
  role: Role;
  participation: Participation;
  stays: Stay[];
  /** Muted by them, for ever or no longer (R37). */
  isMuted: boolean;
  /** Taken out by being deactivated, and to be brought back (R40). */
  isToComeBack: boolean;
}

/** One recipient's receipts for one message. */
export interface ReceiptRow {
  userId: string;
  deliveredAt: Tick | null;
  readAt: Tick | null;
  /** Read while its reader had read receipts off, or observed: others never see it as read (R20, R39). */
  readHidden: boolean;
  /** When its recipient flagged it as unread, until they read it again (R31, R32). */
  flaggedAt: Tick | null;
  /** Received while its receiver observed: others never see it as delivered (R39). */
  deliveredHidden: boolean;
  /** Whether they were a recipient when it was sent; an observer never is (R39). */
  isRecipient: boolean;
}

/** What a message may say of itself beside its content (R35, R36). */
export interface Extras {
  countsAsUnread: boolean;
  mentions: readonly string[];
  mentionsAll: boolean;
}

/** A message that counts as unread and mentions nobody. */
const plain: Extras = {
  countsAsUnread: true,
  mentions: [],
  mentionsAll: false,
};

/** What an app's icon shows (R37). */
export interface BadgeView {
  unreadCount: number;
  unreadMentionCount: number;
  unreadConversationCount: number;
}

/** A message, with a row for each other user who was in the conversation when it was sent. */
export interface Message {
  id: string;
  conversationId: string;
  seq: number;
  senderId: string;
  clientId: string;
  /** Null once deleted, and where none was given. */
  body: string | null;
  /** The content as sent, kept after a deletion to tell a repeat from a different content (R17). */
  sentBody: string | null;
  extras: Extras;
  sentAt: Tick;
  deletedAt: Tick | null;
  /** That of the conversation when it was sent (R42). */
  policy: ReceiptPolicy;
  rows: ReceiptRow[];
}

/** A conversation with everyone who ever took part and everything ever sent. */
export interface Conversation {
  id: string;
  policy: ReceiptPolicy;
  participants: Participant[];
  messages: Message[];
}

/** One recipient of a message, as a certain viewer sees them. */
export interface RecipientView {
  userId: string;
  state: RecipientState;
  statusText: string;
  deliveredAt: Tick | null;
  readAt: Tick | null;
}

/** The status of a message, as a certain viewer sees it. */
export interface StatusView {
  overallStatus: OverallStatus;
  totalRecipients: number;
  deliveredCount: number;
  readCount: number;
  summaryText: string;
  receiptPolicy: ReceiptPolicy;
  /** Those that the viewer may list, by user id. */
  recipients: RecipientView[];
}

/** A participant, as a certain viewer sees them. */
export interface ParticipantView {
  userId: string;
  role: Role;
  participation: Participation;
  isActive: boolean;
  deliveredUpToSeq: number;
  readUpToSeq: number | null;
}

/** One item of a `syncReceipts` queue. */
export interface SyncItem {
  messageId: string;
  kind: ReceiptKind;
  upTo: boolean;
  /** Up to when the device had seen everything; null where it does not say (R32). */
  seen?: Tick | null;
}

/** The answer to one item of a `syncReceipts` queue. */
export interface SyncResult {
  changed: boolean;
  error: "NOT_FOUND" | null;
}

const MAX_BODY_BYTES = 65_536;
const MAX_ID_CHARS = 128;

/** The whole service in memory. Operations change it and answer; questions only look. */
export class NaiveModel {
  /** Whether each user lets others see what they read; users come to be when first named. */
  readonly readReceipts = new Map<string, boolean>();
  readonly conversations: Conversation[] = [];
  /** Those who take part in nothing (R40). */
  readonly deactivated = new Set<string>();
  /** Those of whom nothing is left but what they sent (R41). */
  readonly erased = new Set<string>();
  /** The moment of the last erasure: a cursor from before it may prove nothing any more. */
  erasedAt: Tick = 0;
  #now: Tick = 0;

  // Operations, each with its caller and its answer.

  /** Makes a conversation, its creator the owner; the same id with the same people returns it. */
  createConversation(
    by: string,
    id: string,
    others: readonly string[],
    observers: readonly string[] = [],
    policy: ReceiptPolicy = "FULL",
  ): Answer<{ id: string }> {
    const members = [...new Set([by, ...others, ...observers])];
    if (members.some((userId) => this.deactivated.has(userId)))
      return refused("FORBIDDEN");
    const existing = this.conversation(id);
    if (existing) {
      const present = existing.participants.filter(isActive);
      const same =
        present.length === members.length &&
        present.every((participant) => members.includes(participant.userId));
      return same ? done({ id }) : refused("CONFLICT");
    }
    const now = this.#tick();
    this.conversations.push({
      id,
      policy,
      participants: members.map((userId) => ({
        userId,
        role: userId === by ? "OWNER" : "MEMBER",
        participation: observers.includes(userId) ? "OBSERVER" : "RECIPIENT",
        stays: [{ from: now, to: null }],
        ...{ isMuted: false, isToComeBack: false },
      })),
      messages: [],
    });
    return done({ id });
  }

  /** Any participant may add. A present participant stays unchanged; a returning one is a member (R58). */
  addParticipants(
    by: string,
    conversationId: string,
    userIds: readonly string[],
    participation: Participation = "RECIPIENT",
  ): Answer<{ added: { userId: string; role: Role }[] }> {
    const conversation = this.#conversationOf(by, conversationId);
    if (!conversation) return refused("NOT_FOUND");
    if (userIds.some((userId) => this.deactivated.has(userId)))
      return refused("FORBIDDEN");
    const now = this.#tick();
    const added: Participant[] = [];
    for (const userId of new Set(userIds)) {
      let participant = participantIn(conversation, userId);
      if (participant && isActive(participant)) continue;
      if (!participant) {
        participant = {
          ...{ userId, role: "MEMBER", participation },
          ...{ stays: [], isMuted: false, isToComeBack: false },
        };
        conversation.participants.push(participant);
      }
      participant.stays.push({ from: now, to: null });
      participant.role = "MEMBER";
      participant.participation = participation;
      added.push(participant);
    }
    ensureOwner(conversation);
    return done({ added: added.map(({ userId, role }) => ({ userId, role })) });
  }

  /** The host app takes a user out of every conversation (R40). */
  deactivate(userId: string): Answer<{ conversationCount: number }> {
    this.deactivated.add(userId);
    const left = this.conversationsOf(userId);
    for (const conversation of left) {
      const participant = participantIn(conversation, userId);
      const stay = participant?.stays.at(-1);
      if (!participant || !stay) continue;
      stay.to = this.#tick();
      participant.isToComeBack = true;
      ensureOwner(conversation);
    }
    return done({ conversationCount: left.length });
  }

  /** The host app brings them back: as members, observers as observers (R40, R58). */
  reactivate(userId: string): Answer<{ conversationCount: number }> {
    this.deactivated.delete(userId);
    let conversationCount = 0;
    for (const conversation of this.conversations) {
      const participant = participantIn(conversation, userId);
      if (!participant?.isToComeBack) continue;
      participant.isToComeBack = false;
      participant.stays.push({ from: this.#tick(), to: null });
      participant.role = "MEMBER";
      ensureOwner(conversation);
      conversationCount += 1;
    }
    return done({ conversationCount });
  }

  /** The host app has a user forgotten: they leave for good, and what they sent keeps its place and nothing else (R41). */
  erase(
    userId: string,
  ): Answer<{ conversationCount: number; messageCount: number }> {
    let conversationCount = 0;
    let messageCount = 0;
    for (const conversation of this.conversations) {
      const participant = participantIn(conversation, userId);
      if (!participant) continue;
      const now = this.#tick();
      const stay = participant.stays.find(({ to }) => to === null);
      if (stay) stay.to = now;
      participant.isToComeBack = false;
      ensureOwner(conversation);
      conversationCount += 1;
      for (const message of conversation.messages) {
        if (message.senderId !== userId) continue;
        message.body = null;
        message.deletedAt ??= now;
        messageCount += 1;
      }
    }
    this.deactivated.delete(userId);
    this.erased.add(userId);
    this.erasedAt = this.#tick();
    return done({ conversationCount, messageCount });
  }

  /** Everyone may leave; only an owner may remove others. */
  removeParticipant(
    by: string,
    conversationId: string,
    userId: string,
  ): Answer<{ id: string }> {
    const conversation = this.#conversationOf(by, conversationId);
    if (!conversation) return refused("NOT_FOUND");
    // A caller who may not remove others gets FORBIDDEN whichever user they name (R28).
    if (userId !== by && participantIn(conversation, by)?.role !== "OWNER") {
      return refused("FORBIDDEN");
    }
    const target = participantIn(conversation, userId);
    const stay = target?.stays.find(({ to }) => to === null);
    if (!stay) return refused("NOT_FOUND");
    stay.to = this.#tick();
    ensureOwner(conversation);
    return done({ id: conversationId });
  }

  /** An owner says who is a recipient and who observes (R39). */
  setParticipation(
    by: string,
    conversationId: string,
    userId: string,
    participation: Participation,
  ): Answer<{ participation: Participation }> {
    const conversation = this.#conversationOf(by, conversationId);
    if (!conversation) return refused("NOT_FOUND");
    if (participantIn(conversation, by)?.role !== "OWNER")
      return refused("FORBIDDEN");
    const target = participantIn(conversation, userId);
    if (!target || !isActive(target)) return refused("NOT_FOUND");
    target.participation = participation;
    return done({ participation });
  }

  /** An owner says what others are shown of the receipts of messages to come (R42). */
  setPolicy(
    by: string,
    conversationId: string,
    policy: ReceiptPolicy,
  ): Answer<{ policy: ReceiptPolicy }> {
    const conversation = this.#conversationOf(by, conversationId);
    if (!conversation) return refused("NOT_FOUND");
    if (participantIn(conversation, by)?.role !== "OWNER")
      return refused("FORBIDDEN");
    conversation.policy = policy;
    return done({ policy });
  }

  /** Stores a message once per sender and `clientId` in the conversation (R16, R17); marks nothing (R18a). */
  sendMessage(
    by: string,
    conversationId: string,
    clientId: string,
    body: string | null,
    extras: Extras = plain,
  ): Answer<{ message: Message; duplicate: boolean }> {
    const conversation = this.#conversationOf(by, conversationId);
    if (!conversation) return refused("NOT_FOUND");
    if (clientId.length > MAX_ID_CHARS) return refused("BAD_USER_INPUT");
    if (body !== null && Buffer.byteLength(body) > MAX_BODY_BYTES) {
      return refused("BAD_USER_INPUT");
    }
    for (const earlier of conversation.messages) {
      if (earlier.senderId !== by || earlier.clientId !== clientId) continue;
      return earlier.sentBody === body && isAlike(earlier.extras, extras)
        ? done({ message: earlier, duplicate: true })
        : refused("CONFLICT");
    }
    const seq = conversation.messages.length + 1;
    const message: Message = {
      id: `${conversationId}${String(seq)}`,
      conversationId,
      seq,
      senderId: by,
      clientId,
      body,
      sentBody: body,
      extras,
      sentAt: this.#tick(),
      deletedAt: null,
      policy: conversation.policy,
      rows: [],
    };
    for (const participant of conversation.participants) {
      if (!isActive(participant) || participant.userId === by) continue;
      message.rows.push({
        userId: participant.userId,
        deliveredAt: null,
        readAt: null,
        readHidden: false,
        flaggedAt: null,
        deliveredHidden: false,
        isRecipient: participant.participation === "RECIPIENT",
      });
    }
    conversation.messages.push(message);
    return done({ message, duplicate: false });
  }

  /** Takes the body away and nothing else (R13). A repeat is no error. */
  deleteMessage(by: string, messageId: string): Answer<{ message: Message }> {
    const message = this.visibleMessage(by, messageId);
    if (!message) return refused("NOT_FOUND");
    if (message.senderId !== by) return refused("FORBIDDEN");
    message.body = null;
    message.deletedAt ??= this.#tick();
    return done({ message });
  }

  /**
   * From this message on, messages show as unread again to the caller alone (R31); from the newest by another that counts
   * where none is named. Gives the messages concerned.
   */
  markUnread(
    by: string,
    conversationId: string,
    fromMessageId: string | null,
  ): Answer<{ flagged: Message[] }> {
    if (!this.#conversationOf(by, conversationId)) return refused("NOT_FOUND");
    const visible = this.visibleMessages(by, conversationId);
    const from =
      fromMessageId === null
        ? visible.findLast(
            (message) =>
              rowOf(message, by) !== undefined &&
              message.deletedAt === null &&
              message.extras.countsAsUnread,
          )
        : visible.find(({ id }) => id === fromMessageId);
    if (!from)
      return fromMessageId === null
        ? done({ flagged: [] })
        : refused("NOT_FOUND");
    const now = this.#tick();
    const flagged: Message[] = [];
    for (const message of visible) {
      const row = rowOf(message, by);
      if (!row || message.seq < from.seq) continue;
      row.flaggedAt = now;
      flagged.push(message);
    }
    return done({ flagged });
  }

  /** The caller's badge has only the mentions of the conversation from now on, or everything again (R37). */
  mute(
    by: string,
    conversationId: string,
    isMuted: boolean,
  ): Answer<{ isMuted: boolean }> {
    const conversation = this.#conversationOf(by, conversationId);
    const participant = conversation && participantIn(conversation, by);
    if (!participant) return refused("NOT_FOUND");
    participant.isMuted = isMuted;
    return done({ isMuted });
  }

  /** The caller has exactly this message (R8). */
  markDelivered(by: string, messageId: string): Answer<{ changed: boolean }> {
    return this.#mark(by, messageId, "DELIVERED");
  }

  /** The caller has read exactly this message (R8). */
  markRead(
    by: string,
    messageId: string,
    seen: Tick | null = null,
  ): Answer<{ changed: boolean }> {
    return this.#mark(by, messageId, "READ", seen);
  }

  /** The caller has every message up to this one that was for them (R8). */
  bulkMarkDelivered(
    by: string,
    conversationId: string,
    upToMessageId: string,
  ): Answer<{ changed: boolean }> {
    return this.#bulkMark(by, conversationId, upToMessageId, "DELIVERED");
  }

  /** The caller has read every message up to this one that was for them (R8). */
  bulkMarkRead(
    by: string,
    conversationId: string,
    upToMessageId: string,
    seen: Tick | null = null,
  ): Answer<{ changed: boolean }> {
    return this.#bulkMark(by, conversationId, upToMessageId, "READ", seen);
  }

  /** A queue of marks, taken one after the other; a bad one spoils no other (R30). */
  syncReceipts(by: string, items: readonly SyncItem[]): SyncResult[] {
    return items.map(({ messageId, kind, upTo, seen = null }) => {
      const conversationId = this.message(messageId)?.conversationId ?? "";
      const answer = upTo
        ? this.#bulkMark(by, conversationId, messageId, kind, seen)
        : this.#mark(by, messageId, kind, seen);
      return answer.ok
        ? { changed: answer.value.changed, error: null }
        : { changed: false, error: "NOT_FOUND" };
    });
  }

  /** Whether others may see what the caller reads from now on (R20). */
  setReadReceipts(
    by: string,
    enabled: boolean,
  ): Answer<{ readReceipts: boolean }> {
    this.readReceipts.set(by, enabled);
    return done({ readReceipts: enabled });
  }

  // Questions: what a viewer sees.

  /** Whether the viewer is in the conversation now; if not, it is null to them (R18). */
  isParticipant(viewer: string, conversationId: string): boolean {
    return this.#conversationOf(viewer, conversationId) !== undefined;
  }

  /** The conversations that the viewer is in now. */
  conversationsOf(viewer: string): Conversation[] {
    return this.conversations.filter(({ id }) =>
      this.isParticipant(viewer, id),
    );
  }

  /** What was sent while the viewer was in, oldest first; nothing once they left (R3). */
  visibleMessages(viewer: string, conversationId: string): Message[] {
    const conversation = this.#conversationOf(viewer, conversationId);
    if (!conversation) return [];
    const participant = participantIn(conversation, viewer);
    return conversation.messages.filter((message) =>
      wasInWhenSent(participant, message),
    );
  }

  /** The message, where the viewer may see it. */
  visibleMessage(viewer: string, messageId: string): Message | undefined {
    const message = this.message(messageId);
    if (!message) return undefined;
    return this.visibleMessages(viewer, message.conversationId).find(
      ({ id }) => id === messageId,
    );
  }

  /**
   * Messages by others that the viewer may see, that are not deleted and count as unread, and that the viewer has not
   * read, or has flagged since (R14, R31, R35), oldest first.
   */
  unreadMessages(viewer: string, conversationId: string): Message[] {
    return this.visibleMessages(viewer, conversationId).filter((message) => {
      const row = rowOf(message, viewer);
      return (
        row !== undefined &&
        (row.readAt === null || row.flaggedAt !== null) &&
        message.deletedAt === null &&
        message.extras.countsAsUnread
      );
    });
  }

  unreadCount(viewer: string, conversationId: string): number {
    return this.unreadMessages(viewer, conversationId).length;
  }

  /** Of the unread messages, those that mention the viewer (R36). */
  unreadMentionCount(viewer: string, conversationId: string): number {
    return this.unreadMessages(viewer, conversationId).filter((message) =>
      this.mentions(viewer, message),
    ).length;
  }

  /** Whether a message mentions one of its recipients (R36, R39). */
  mentions(viewer: string, message: Message): boolean {
    const { mentions, mentionsAll } = message.extras;
    return (
      this.#recipientsOf(message).some(({ userId }) => userId === viewer) &&
      (mentionsAll || mentions.includes(viewer))
    );
  }

  /** Whether the viewer has muted the conversation (R37). */
  hasMuted(viewer: string, conversationId: string): boolean {
    const conversation = this.#conversationOf(viewer, conversationId);
    return (
      (conversation && participantIn(conversation, viewer))?.isMuted ?? false
    );
  }

  /** What the viewer's icon shows (R37). */
  badge(viewer: string): BadgeView {
    const badge = {
      unreadCount: 0,
      unreadMentionCount: 0,
      unreadConversationCount: 0,
    };
    for (const { id } of this.conversations) {
      const mentions = this.unreadMentionCount(viewer, id);
      const adds = this.hasMuted(viewer, id)
        ? mentions
        : this.unreadCount(viewer, id);
      badge.unreadCount += adds;
      badge.unreadMentionCount += mentions;
      if (adds > 0) badge.unreadConversationCount += 1;
    }
    return badge;
  }

  /** The moment of the last change: a cursor that is read now has seen everything up to it. */
  get now(): Tick {
    return this.#now;
  }

  /** Unread messages over all the viewer's conversations. */
  totalUnreadCount(viewer: string): number {
    let count = 0;
    for (const { id } of this.conversations) {
      count += this.unreadCount(viewer, id);
    }
    return count;
  }

  /** The status of a message, computed only from what the viewer sees of each recipient, under its policy (R42). */
  statusFor(viewer: string, message: Message): StatusView {
    const all = this.#recipientsOf(message).map((row) =>
      this.#seenBy(viewer, row),
    );
    const own = all.filter(({ userId }) => userId === viewer);
    const { policy } = message;
    const isCounted =
      policy === "FULL" || (policy === "COUNTS" && all.length >= 3); // R43
    const counted = isCounted ? all : own;
    const total = counted.length;
    const has = counted.filter(({ state }) => state !== "PENDING").length;
    const read = counted.filter(({ state }) => state === "READ").length;
    return {
      overallStatus: overallStatus(total, has, read),
      totalRecipients: total,
      deliveredCount: has,
      readCount: read,
      summaryText: summaryText(total, has, read),
      receiptPolicy: policy,
      recipients: policy === "FULL" ? all : own,
    };
  }

  /** Everyone who is or was in the conversation, by user id, as the viewer sees them. */
  participantsFor(viewer: string, conversationId: string): ParticipantView[] {
    const conversation = this.#conversationOf(viewer, conversationId);
    if (!conversation) return [];
    return conversation.participants
      .map((participant): ParticipantView => {
        const { userId, role, participation } = participant;
        return {
          userId,
          role,
          participation,
          isActive: isActive(participant),
          deliveredUpToSeq: upToSeq(
            conversation,
            userId,
            (row) =>
              row.deliveredAt !== null &&
              (userId === viewer || !row.deliveredHidden),
            viewer,
          ),
          readUpToSeq: this.#readUpToSeq(viewer, conversation, userId),
        };
      })
      .sort(byUserId);
  }

  /** A conversation by its id, whoever may see it. */
  conversation(id: string): Conversation | undefined {
    return this.conversations.find((conversation) => conversation.id === id);
  }

  /** All messages of all conversations, whoever may see them. */
  messages(): Message[] {
    return this.conversations.flatMap(({ messages }) => messages);
  }

  /** A message by its id, whoever may see it. */
  message(id: string): Message | undefined {
    return this.messages().find((message) => message.id === id);
  }

  /** Whether the user lets others see what they read; on unless they said otherwise. */
  showsReads(userId: string): boolean {
    return this.readReceipts.get(userId) ?? true;
  }

  #mark(
    by: string,
    messageId: string,
    kind: ReceiptKind,
    seen: Tick | null = null,
  ): Answer<{ changed: boolean }> {
    const message = this.visibleMessage(by, messageId);
    if (!message) return refused("NOT_FOUND");
    unflag(message, by, kind, seen);
    return done({ changed: this.#markOne(by, message, kind, this.#tick()) });
  }

  #bulkMark(
    by: string,
    conversationId: string,
    upToMessageId: string,
    kind: ReceiptKind,
    seen: Tick | null = null,
  ): Answer<{ changed: boolean }> {
    const last = this.visibleMessage(by, upToMessageId);
    if (last?.conversationId !== conversationId) return refused("NOT_FOUND");
    const now = this.#tick();
    let changed = false;
    for (const message of this.visibleMessages(by, conversationId)) {
      if (message.seq > last.seq) continue;
      unflag(message, by, kind, seen);
      if (this.#markOne(by, message, kind, now)) changed = true;
    }
    return done({ changed });
  }

  /** Marks one message for one user; returns whether the mark was new. */
  #markOne(
    by: string,
    message: Message,
    kind: ReceiptKind,
    now: Tick,
  ): boolean {
    const row = rowOf(message, by);
    if (!row) return false; // Their own message (R4).
    const observes = this.#observes(by, message.conversationId);
    if (kind === "READ") {
      if (row.readAt !== null) return false;
      row.readAt = now;
      row.readHidden = observes || !this.showsReads(by);
    } else if (row.deliveredAt !== null) return false;
    if (row.deliveredAt === null) {
      row.deliveredAt = now;
      row.deliveredHidden = observes;
    }
    return true;
  }

  #observes(userId: string, conversationId: string): boolean {
    const conversation = this.conversation(conversationId);
    const participant = conversation && participantIn(conversation, userId);
    return participant?.participation === "OBSERVER";
  }

  /** The rows of recipients in the conversation now who were in it as recipients when it was sent (R1, R2, R39). */
  #recipientsOf(message: Message): ReceiptRow[] {
    const present = (
      this.conversation(message.conversationId)?.participants ?? []
    ).filter((one) => isActive(one) && one.participation === "RECIPIENT");
    return message.rows
      .filter(({ isRecipient }) => isRecipient)
      .filter((row) => present.some(({ userId }) => userId === row.userId))
      .sort(byUserId);
  }

  /** What the viewer sees of one recipient's receipts (R20). */
  #seenBy(viewer: string, row: ReceiptRow): RecipientView {
    const { userId, readAt } = row;
    const isWithheld = userId !== viewer && row.deliveredHidden;
    const deliveredAt = isWithheld ? null : row.deliveredAt;
    const hidden =
      userId !== viewer && (row.readHidden || !this.showsReads(viewer));
    if (readAt !== null && !hidden) {
      return { userId, state: "READ", statusText: "Read", deliveredAt, readAt };
    }
    return deliveredAt !== null
      ? {
          userId,
          state: "DELIVERED",
          statusText: "Delivered",
          deliveredAt,
          readAt: null,
        }
      : {
          userId,
          state: "PENDING",
          statusText: "Pending",
          deliveredAt: null,
          readAt: null,
        };
  }

  #readUpToSeq(
    viewer: string,
    conversation: Conversation,
    userId: string,
  ): number | null {
    if (userId === viewer) {
      return upToSeq(
        conversation,
        userId,
        (row) => row.readAt !== null,
        viewer,
      );
    }
    if (!this.showsReads(viewer)) return null;
    const isAnyFull =
      conversation.policy === "FULL" ||
      this.visibleMessages(viewer, conversation.id).some(
        ({ policy }) => policy === "FULL",
      );
    if (!isAnyFull) return null; // R42
    return upToSeq(
      conversation,
      userId,
      (row) => row.readAt !== null && !row.readHidden,
      viewer,
    );
  }

  /** The conversation, where the user is in it now. */
  #conversationOf(
    userId: string,
    conversationId: string,
  ): Conversation | undefined {
    const conversation = this.conversation(conversationId);
    const participant = conversation && participantIn(conversation, userId);
    return participant && isActive(participant) ? conversation : undefined;
  }

  #tick(): Tick {
    this.#now += 1;
    return this.#now;
  }
}

/** R11. */
function overallStatus(
  total: number,
  has: number,
  read: number,
): OverallStatus {
  if (total === 0) return "SENT"; // R5
  if (read === total) return "READ";
  if (has === total) return "DELIVERED";
  return has > 0 ? "PARTIAL" : "SENT";
}

/** R12. */
function summaryText(total: number, has: number, read: number): string {
  if (total === 0) return "Sent"; // R5
  if (total === 1) {
    if (read === 1) return "Read";
    return has === 1 ? "Delivered" : "Sent";
  }
  if (read === total) return "Read by all";
  if (read > 0) return `Read by ${String(read)} of ${String(total)}`;
  if (has === total) return "Delivered to all";
  if (has > 0) return `Delivered to ${String(has)} of ${String(total)}`;
  return "Sent";
}

/**
 * R15: one before the first message for this user that lacks the status, else the last seq. Of others, a
 * viewer is told of the messages that they may see, and of no others (R3, R57).
 */
function upToSeq(
  conversation: Conversation,
  userId: string,
  hasStatus: (row: ReceiptRow) => boolean,
  viewer: string,
): number {
  const participant = participantIn(conversation, viewer);
  const mayBeTold = (message: Message) =>
    viewer === userId ||
    (message.policy === "FULL" && wasInWhenSent(participant, message)); // R42
  const isFor = (row: ReceiptRow) => viewer === userId || row.isRecipient; // R39
  let newest = viewer === userId ? conversation.messages.length : 0;
  for (const message of conversation.messages) {
    if (!mayBeTold(message)) continue;
    const row = rowOf(message, userId);
    if (row && isFor(row) && !hasStatus(row) && message.deletedAt === null)
      return viewer === userId ? message.seq - 1 : newest;
    newest = Math.max(newest, message.seq);
  }
  return newest;
}

/** R32: a read takes the flag off, where the device had seen it or does not say what it had seen. */
function unflag(
  message: Message,
  by: string,
  kind: ReceiptKind,
  seen: Tick | null,
): void {
  const row = rowOf(message, by);
  if (!row || kind === "DELIVERED") return;
  const { flaggedAt } = row;
  if (flaggedAt !== null && (seen === null || flaggedAt <= seen))
    row.flaggedAt = null;
}

/** Whether two messages say the same of themselves: whom they mention has no order. */
function isAlike(one: Extras, other: Extras): boolean {
  const same = (a: readonly string[], b: readonly string[]) =>
    a.every((id) => b.includes(id));
  return (
    one.countsAsUnread === other.countsAsUnread &&
    one.mentionsAll === other.mentionsAll &&
    same(one.mentions, other.mentions) &&
    same(other.mentions, one.mentions)
  );
}

function wasInWhenSent(
  participant: Participant | undefined,
  message: Message,
): boolean {
  return (participant?.stays ?? []).some(
    ({ from, to }) =>
      from < message.sentAt && (to === null || message.sentAt < to),
  );
}

function isActive(participant: Participant): boolean {
  return participant.stays.some(({ to }) => to === null);
}

/** R58: where nobody present is an owner, the participant who has been there longest becomes one, observers last. */
function ensureOwner({ participants }: Conversation): void {
  const present = participants.filter(isActive);
  if (present.some(({ role }) => role === "OWNER")) return;
  const since = ({ stays }: Participant) => stays.at(-1)?.from ?? 0;
  const isLast = ({ participation }: Participant) =>
    Number(participation === "OBSERVER");
  const [longest] = present.toSorted(
    (a, b) => isLast(a) - isLast(b) || since(a) - since(b),
  );
  if (longest) longest.role = "OWNER";
}

function participantIn(
  conversation: Conversation,
  userId: string,
): Participant | undefined {
  return conversation.participants.find(
    (participant) => participant.userId === userId,
  );
}

function rowOf(message: Message, userId: string): ReceiptRow | undefined {
  return message.rows.find((row) => row.userId === userId);
}

function byUserId(a: { userId: string }, b: { userId: string }): number {
  return a.userId < b.userId ? -1 : 1;
}

function done<T>(value: T): Answer<T> {
  return { ok: true, value };
}

function refused<T>(code: ErrorCode): Answer<T> {
  return { ok: false, code };
}
