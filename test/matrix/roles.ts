import { randomUUID } from "node:crypto";
import { encodeMessageId } from "../../src/domain/messages/message-id.js";
import { Chat, type Message, type ReceiptPolicy } from "../support/chat.js";
import type { TestServer } from "../support/server.js";
import { flag, mute } from "../support/unread.js";

/** Everybody who may ask. */
export const roles = [
  "sender",
  "recipient",
  "other",
  "returned",
  "late",
  "observer",
  "left",
  "deactivated",
  "never",
  "service",
  "none",
] as const;
export type Role = (typeof roles)[number];

/** The numbers of the messages that each role may see (R3). */
export const sees: Record<Role, readonly number[]> = {
  sender: [1, 2, 3],
  recipient: [1, 2, 3],
  other: [1, 2, 3],
  returned: [1, 3],
  late: [3],
  observer: [1, 2, 3],
  left: [],
  deactivated: [],
  never: [],
  service: [1, 2, 3],
  none: [],
};

/** The participants who are present. */
export const present = [
  "sender",
  "recipient",
  "other",
  "returned",
  "late",
  "observer",
] as const satisfies readonly Role[];

/** Of whom each message is, and who has it (R1): those who left, came later or observe (R39) count for nothing. */
export const recipientsOf: Readonly<Record<number, readonly Role[]>> = {
  1: ["other", "recipient", "returned"],
  2: ["other", "recipient"],
  3: ["late", "other", "recipient", "returned"],
};

/** What the observer has read, and nobody else is told. */
export const observed: readonly number[] = [1, 3];

/** What was delivered to whom; the recipient has read all of theirs. */
export const delivered: Readonly<Partial<Record<Role, readonly number[]>>> = {
  recipient: [1, 3],
  other: [3],
};

/** What each role has not read, or has flagged as unread since (R31): the recipient has flagged the last message. */
export const unread: Readonly<Partial<Record<Role, readonly number[]>>> = {
  recipient: [2, 3],
  other: [1, 2, 3],
  returned: [1, 3],
  late: [3],
  observer: [2],
};

/** Those whom the last message mentions (R36). */
export const mentioned: readonly Role[] = ["other", "late"];

/** Who has muted the conversation (R37), and until when. */
export const muting: Role = "other";
export const mutedUntil = "9999-12-31T00:00:00.000Z";

/** Ids as arguments of operations name them. */
export interface Names {
  readonly conversationId: string;
  /** By seq. */
  readonly messages: readonly [Message, Message, Message];
  /** A cursor of the stream, from before anything was marked. */
  readonly cursor: string;
  /** A cursor of a conversation that none of them knows. */
  readonly elsewhere: string;
  readonly user: (role: Role) => string;
}

/** A conversation in which each role has its place. */
export class World {
  readonly chat: Chat;
  private readonly server: TestServer;
  private names: Names | null = null;

  constructor(server: TestServer) {
    this.server = server;
    this.chat = new Chat(server);
  }

  get known(): Names {
    if (!this.names) throw new Error("the world was not built yet");
    return this.names;
  }

  /** Names of the same form, of nothing that there is. */
  get unknown(): Names {
    const conversationId = randomUUID();
    const [first, second, third] = this.known.messages;
    const nowhere = (message: Message): Message => ({
      ...message,
      id: encodeMessageId({
        conversationId,
        seq: message.seq,
        sentMs: 1_790_000_000_000,
      }),
    });
    return {
      ...this.known,
      conversationId,
      messages: [nowhere(first), nowhere(second), nowhere(third)],
    };
  }

  /**
   * @param showsReads whether the recipient shows what they read
   * @param receiptPolicy what all messages are sent under
   */
  async build(
    showsReads: boolean,
    receiptPolicy: ReceiptPolicy = "FULL",
  ): Promise<this> {
    const { chat } = this;
    await chat.conversation("stranger");
    const elsewhere = await chat.cursor("stranger");
    const conversationId = await chat.conversationWith(
      ["other", "sender", "recipient", "left", "returned", "deactivated"],
      { observers: ["observer"], receiptPolicy },
    );
    if (!showsReads) await chat.hideReads("recipient");
    const cursor = await chat.cursor("other");
    const first = await chat.say("sender");
    await chat.leave("left");
    await chat.askAsService(
      `mutation ($userId: ID!) { deactivateUser(input: { userId: $userId }) { conversationCount } }`,
      { userId: chat.id("deactivated") },
    );
    await chat.leave("returned");
    const second = await chat.say("sender");
    await chat.add("other", "returned", "late");
    const user = (role: Role) => chat.id(role);
    const { message: third } = await chat.send("sender", {
      mentionedUserIds: mentioned.map(user),
    });
    await chat.receive("recipient", first);
    for (const message of [first, third]) await chat.read("recipient", message);
    await flag(chat, "recipient", third);
    await chat.receive("other", third);
    for (const message of [first, third]) await chat.read("observer", message);
    await mute(chat, muting, mutedUntil);
    for (const role of roles) await this.ask(role, "{ viewer { id } }");
    const messages = [first, second, third] as const;
    this.names = { conversationId, messages, cursor, elsewhere, user };
    return this;
  }

  /** The whole answer to somebody in a role. */
  async ask(
    role: Role,
    query: string,
    variables: Record<string, unknown> = {},
  ) {
    const authorization = await this.authorization(role);
    return this.server.post<Record<string, unknown>>(
      authorization === null ? {} : { authorization },
      { query, variables },
    );
  }

  /** Lets somebody in a role subscribe on a socket of their own. */
  subscribe(role: Role, query: string, variables: Record<string, unknown>) {
    const socket = this.server.connect(this.chat.id(role), {
      isService: role === "service",
    });
    return {
      events: socket.subscribe<Record<string, unknown>>(query, variables),
      close: () => socket.close(),
    };
  }

  private async authorization(role: Role): Promise<string | null> {
    if (role === "none") return null;
    const isService = role === "service";
    const token = await this.server.token(this.chat.id(role), { isService });
    return `Bearer ${token}`;
  }
}
