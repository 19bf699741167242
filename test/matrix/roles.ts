import { randomUUID } from "node:crypto";
import { encodeMessageId } from "../../src/domain/messages/message-id.js";
import { Chat, type Message } from "../support/chat.js";
import type { TestServer } from "../support/server.js";

/**
 * Everybody who may ask. The rules that are not built yet add their own: an observer (R39) and a user who is
 * deactivated (R40), and beside the preference the conversation's policy (R42).
 */
export const roles = [
  "sender",
  "recipient",
  "other",
  "returned",
  "late",
  "left",
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
  left: [],
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
] as const satisfies readonly Role[];

/** Of whom each message is, and who has it (R1): those who left or came later count for nothing. */
export const recipientsOf: Readonly<Record<number, readonly Role[]>> = {
  1: ["other", "recipient", "returned"],
  2: ["other", "recipient"],
  3: ["late", "other", "recipient", "returned"],
};

/** What was delivered to whom; the recipient has read all of theirs. */
export const delivered: Readonly<Partial<Record<Role, readonly number[]>>> = {
  recipient: [1, 3],
  other: [3],
};

/** Ids as arguments of operations name them. */
export interface Names {
  readonly conversationId: string;
  /** By seq. */
  readonly messages: readonly [Message, Message, Message];
  /** A cursor of the stream, from before anything was marked. */
  readonly cursor: string;
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

  /** @param showsReads whether the recipient shows what they read */
  async build(showsReads: boolean): Promise<this> {
    const { chat } = this;
    const conversationId = await chat.conversation(
      ...(["other", "sender", "recipient", "left", "returned"] as const),
    );
    if (!showsReads) await chat.hideReads("recipient");
    const cursor = await chat.cursor("other");
    const first = await chat.say("sender");
    await chat.leave("left");
    await chat.leave("returned");
    const second = await chat.say("sender");
    await chat.add("other", "returned", "late");
    const third = await chat.say("sender");
    await chat.receive("recipient", first);
    for (const message of [first, third]) await chat.read("recipient", message);
    await chat.receive("other", third);
    for (const role of roles) await this.ask(role, "{ viewer { id } }");
    const user = (role: Role) => chat.id(role);
    const messages = [first, second, third] as const;
    this.names = { conversationId, messages, cursor, user };
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
