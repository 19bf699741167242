import { randomUUID } from "node:crypto";
import type { Answer, Events, TestServer } from "./server.js";

/** A message as {@link Chat.say} and every query here select it. */
export interface Message {
  readonly id: string;
  readonly seq: number;
  readonly clientId: string;
  readonly body: string | null;
  readonly deletedAt: string | null;
}

/** What others are shown of receipts. */
export type ReceiptPolicy = "FULL" | "COUNTS" | "OFF";

/** One recipient as a viewer sees them. `name` is the short one that the test uses. */
export interface Recipient {
  readonly name: string;
  readonly state: "PENDING" | "DELIVERED" | "READ";
  readonly statusText: string;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

/** The counts of a message as a viewer sees them. */
export interface Counts {
  readonly overallStatus: "SENT" | "PARTIAL" | "DELIVERED" | "READ";
  readonly totalRecipients: number;
  readonly deliveredCount: number;
  readonly readCount: number;
  readonly summaryText: string;
}

/** A participant as a viewer sees them. */
export interface ParticipantView {
  readonly name: string;
  readonly role: "OWNER" | "MEMBER";
  readonly participation: "RECIPIENT" | "OBSERVER";
  readonly isActive: boolean;
  readonly deliveredUpToSeq: number;
  readonly readUpToSeq: number | null;
}

/** The answer to a mark. */
export interface Marked {
  readonly changed: boolean;
  readonly cursor: string;
}

/** A `messageStatusChanged` event, or a node of `statusChanges`. */
export interface StatusChange {
  readonly cursor: string;
  readonly reset: boolean;
  readonly messageCount: number;
  readonly receipts: readonly {
    readonly kind: "DELIVERED" | "READ";
    readonly at: string;
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly participant: {
      readonly user: { readonly id: string };
      readonly deliveredUpToSeq: number;
      readonly readUpToSeq: number | null;
    };
  }[];
  readonly messages: readonly (Message & {
    readonly status: Counts & { readonly recipients: RecipientsPage };
  })[];
}

interface RecipientsPage {
  readonly totalCount: number;
  readonly nodes: readonly (Omit<Recipient, "name"> & {
    readonly user: { readonly id: string };
  })[];
}

const messageFields = "id seq clientId body deletedAt";
const countFields =
  "overallStatus totalRecipients deliveredCount readCount summaryText";
const recipientFields = "user { id } state statusText deliveredAt readAt";

/** The selection of {@link StatusChange}. */
const changeFields = `
  cursor reset messageCount
  receipts { kind at fromSeq toSeq participant { user { id } deliveredUpToSeq readUpToSeq } }
  messages {
    ${messageFields}
    status { ${countFields} recipients { totalCount nodes { ${recipientFields} } } }
  }`;

/**
 * A conversation as prose: people by first name, what they say, receive and read. Every chat has
 * people and conversations of its own, so that the tests of a file share a server and nothing else.
 * A failure throws, unless the method says that it returns the errors.
 */
export class Chat {
  /** The conversation that was begun last. Methods that name no conversation mean this one. */
  conversationId = "";
  private readonly server: TestServer;
  private readonly suffix: string;
  private sent = 0;

  constructor(server: TestServer, suffix = randomUUID().slice(0, 8)) {
    this.server = server;
    this.suffix = suffix;
  }

  /** The same people and conversation, through another node. */
  through(server: TestServer): Chat {
    const other = new Chat(server, this.suffix);
    other.conversationId = this.conversationId;
    return other;
  }

  /** A person's user id. */
  id(name: string): string {
    return `${name}-${this.suffix}`;
  }

  /** The name of the person with a user id. */
  nameOf(userId: string): string {
    return userId.replace(`-${this.suffix}`, "");
  }

  /** The API's answer to a person, with its errors. */
  ask<T>(
    name: string,
    document: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answer<T>> {
    return this.server.execute<T>(this.id(name), document, variables);
  }

  /** The data of the API's answer to a person; throws where it has errors. */
  async get<T>(
    name: string,
    document: string,
    variables: Record<string, unknown> = {},
  ): Promise<T> {
    return dataOf(await this.ask<T>(name, document, variables));
  }

  /** The API's answer to the host app's back end, with its errors. */
  async askAsService<T>(
    document: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answer<T>> {
    const token = await this.server.token(this.id("service"), {
      isService: true,
    });
    const { data, errors } = await this.server.post<T>(
      { authorization: `Bearer ${token}` },
      { query: document, variables },
    );
    return { data, ...(errors && { errors }) };
  }

  // People of the conversation.

  /** Begins a conversation; its maker, who owns it, comes first. */
  async conversation(maker: string, ...others: string[]): Promise<string> {
    const { createConversation } = await this.get<{
      createConversation: { conversation: { id: string } };
    }>(
      maker,
      `mutation ($input: CreateConversationInput!) {
        createConversation(input: $input) { conversation { id } }
      }`,
      { input: { participantIds: others.map((name) => this.id(name)) } },
    );
    return (this.conversationId = createConversation.conversation.id);
  }

  /** Begins a conversation with observers, or under a receipt policy; its maker comes first. */
  async conversationWith(
    names: readonly string[],
    input: { observers?: readonly string[]; receiptPolicy?: ReceiptPolicy },
  ): Promise<string> {
    const { observers = [], receiptPolicy = "FULL" } = input;
    const [maker = "", ...others] = names;
    const { createConversation } = await this.get<{
      createConversation: { conversation: { id: string } };
    }>(
      maker,
      `mutation ($input: CreateConversationInput!) {
        createConversation(input: $input) { conversation { id } }
      }`,
      {
        input: {
          participantIds: others.map((name) => this.id(name)),
          observerIds: observers.map((name) => this.id(name)),
          receiptPolicy,
        },
      },
    );
    return (this.conversationId = createConversation.conversation.id);
  }

  /** Makes somebody an observer, or a recipient; returns the errors. */
  trySetParticipation(
    by: string,
    name: string,
    participation: "OBSERVER" | "RECIPIENT",
  ): Promise<Answer<unknown>> {
    return this.ask(by, participationDocument, {
      input: {
        ...{ conversationId: this.conversationId, userId: this.id(name) },
        participation,
      },
    });
  }

  /** Makes somebody an observer, or a recipient. */
  async setParticipation(
    by: string,
    name: string,
    participation: "OBSERVER" | "RECIPIENT",
  ): Promise<void> {
    dataOf(await this.trySetParticipation(by, name, participation));
  }

  /** Changes the conversation; returns the errors. */
  tryToUpdate(
    by: string,
    changes: { title?: string | null; receiptPolicy?: ReceiptPolicy },
  ): Promise<Answer<unknown>> {
    return this.ask(by, updateDocument, {
      input: { conversationId: this.conversationId, ...changes },
    });
  }

  /** Says under which policy messages are sent from now on. */
  async setPolicy(by: string, receiptPolicy: ReceiptPolicy): Promise<void> {
    dataOf(await this.tryToUpdate(by, { receiptPolicy }));
  }

  /** Adds people to the conversation. */
  async add(by: string, ...names: string[]): Promise<void> {
    await this.get(
      by,
      `mutation ($input: AddParticipantsInput!) {
        addParticipants(input: $input) { added { id } }
      }`,
      {
        input: {
          conversationId: this.conversationId,
          userIds: names.map((name) => this.id(name)),
        },
      },
    );
  }

  /** Removes someone; returns the errors. */
  tryToRemove(by: string, name: string): Promise<Answer<unknown>> {
    return this.ask(
      by,
      `mutation ($input: RemoveParticipantInput!) {
        removeParticipant(input: $input) { conversation { id } }
      }`,
      {
        input: { conversationId: this.conversationId, userId: this.id(name) },
      },
    );
  }

  /** Removes someone. */
  async remove(by: string, name: string): Promise<void> {
    dataOf(await this.tryToRemove(by, name));
  }

  /** Someone leaves. */
  leave(name: string): Promise<void> {
    return this.remove(name, name);
  }

  // Sending.

  /** Sends a text, and returns the stored message. */
  async say(name: string, body = `message ${++this.sent}`): Promise<Message> {
    const { message } = await this.send(name, { body });
    return message;
  }

  /** Sends a number of messages, one after the other. */
  async sayMany(name: string, count: number): Promise<Message[]> {
    const messages: Message[] = [];
    for (let i = 0; i < count; i++) messages.push(await this.say(name));
    return messages;
  }

  /** Sends, with the input as the API has it. */
  async send(
    name: string,
    input: Record<string, unknown> = {},
  ): Promise<{ message: Message; duplicate: boolean }> {
    const answer = await this.trySend(name, input);
    return dataOf(answer).sendMessage;
  }

  /** Sends, and returns the errors. */
  trySend(
    name: string,
    input: Record<string, unknown> = {},
  ): Promise<
    Answer<{ sendMessage: { message: Message; duplicate: boolean } }>
  > {
    return this.ask(name, sendDocument, {
      input: {
        conversationId: this.conversationId,
        clientId: randomUUID(),
        ...input,
      },
    });
  }

  /** Deletes a message. */
  async delete(name: string, { id }: Message): Promise<Message> {
    const { deleteMessage } = await this.get<{
      deleteMessage: { message: Message };
    }>(
      name,
      `mutation ($input: DeleteMessageInput!) {
        deleteMessage(input: $input) { message { ${messageFields} } }
      }`,
      { input: { messageId: id } },
    );
    return deleteMessage.message;
  }

  // Marks.

  /** Someone's device holds this message. */
  receive(name: string, message: Message): Promise<Marked> {
    return this.markOne(name, "markDelivered", message);
  }

  /** Someone has read this message. */
  read(name: string, message: Message): Promise<Marked> {
    return this.markOne(name, "markRead", message);
  }

  /** Someone's device holds all messages up to this one. */
  receiveUpTo(name: string, message: Message): Promise<Marked> {
    return this.markUpTo(name, "bulkMarkDelivered", message);
  }

  /** Someone has read all messages up to this one. */
  readUpTo(name: string, message: Message): Promise<Marked> {
    return this.markUpTo(name, "bulkMarkRead", message);
  }

  /** Someone tries each of the four marks on a message; returns the codes of the errors. */
  async refusalsOfMarks(
    name: string,
    { id }: Message,
  ): Promise<(string | undefined)[]> {
    const bulk = `conversationId: $conversationId, upToMessageId: $id`;
    const marks = [
      "markDelivered(input: { messageId: $id })",
      "markRead(input: { messageId: $id })",
      `bulkMarkDelivered(input: { ${bulk} })`,
      `bulkMarkRead(input: { ${bulk} })`,
    ];
    const codes: (string | undefined)[] = [];
    for (const mark of marks) {
      const variables = mark.startsWith("bulk")
        ? "$id: ID!, $conversationId: ID!"
        : "$id: ID!";
      const answer = await this.ask(
        name,
        `mutation (${variables}) { ${mark} { changed } }`,
        { id, conversationId: this.conversationId },
      );
      codes.push(codeOf(answer));
    }
    return codes;
  }

  /** Someone turns their read receipts off. */
  hideReads(name: string): Promise<void> {
    return this.setReadReceipts(name, false);
  }

  /** Someone turns their read receipts on. */
  showReads(name: string): Promise<void> {
    return this.setReadReceipts(name, true);
  }

  // What a person sees.

  /** A message's counts, as someone sees them. */
  async counts(name: string, { id }: Message): Promise<Counts> {
    const { message } = await this.get<{
      message: { status: Counts } | null;
    }>(
      name,
      `query ($id: ID!) { message(id: $id) { status { ${countFields} } } }`,
      { id },
    );
    if (!message) throw new Error(`${name} can't see the message`);
    return message.status;
  }

  /** A message's recipients, as someone sees them, by user id. */
  async recipients(
    name: string,
    { id }: Message,
    state: string | null = null,
  ): Promise<Recipient[]> {
    const { message } = await this.get<{
      message: { status: { recipients: RecipientsPage } } | null;
    }>(
      name,
      `query ($id: ID!, $state: RecipientState) {
        message(id: $id) {
          status { recipients(first: 500, state: $state) { totalCount nodes { ${recipientFields} } } }
        }
      }`,
      { id, state },
    );
    if (!message) throw new Error(`${name} can't see the message`);
    return this.named(message.status.recipients);
  }

  /** One recipient of a message, as someone sees them. */
  async recipient(
    viewer: string,
    message: Message,
    name: string,
  ): Promise<Recipient> {
    const all = await this.recipients(viewer, message);
    const found = all.find((recipient) => recipient.name === name);
    if (!found) throw new Error(`${name} is no recipient`);
    return found;
  }

  /** The messages that someone sees, oldest first; null where they see no conversation. */
  async messages(name: string): Promise<readonly Message[] | null> {
    const { conversation } = await this.get<{
      conversation: { messages: { nodes: Message[] } } | null;
    }>(
      name,
      `query ($id: ID!) {
        conversation(id: $id) { messages(last: 100) { nodes { ${messageFields} } } }
      }`,
      { id: this.conversationId },
    );
    return conversation?.messages.nodes ?? null;
  }

  /** The bodies of the messages that someone sees. */
  async hears(name: string): Promise<(string | null)[]> {
    return ((await this.messages(name)) ?? []).map(({ body }) => body);
  }

  /** The unread count of someone in the conversation. */
  async unread(name: string): Promise<number> {
    const { conversation } = await this.get<{
      conversation: { unreadCount: number } | null;
    }>(name, `query ($id: ID!) { conversation(id: $id) { unreadCount } }`, {
      id: this.conversationId,
    });
    if (!conversation) throw new Error(`${name} can't see the conversation`);
    return conversation.unreadCount;
  }

  /** The people of the conversation, as someone sees them. */
  async participants(viewer: string): Promise<ParticipantView[]> {
    const { conversation } = await this.get<{
      conversation: {
        participants: {
          nodes: (ParticipantView & { user: { id: string } })[];
        };
      } | null;
    }>(
      viewer,
      `query ($id: ID!) {
        conversation(id: $id) {
          participants(first: 100) {
            nodes { user { id } role participation isActive deliveredUpToSeq readUpToSeq }
          }
        }
      }`,
      { id: this.conversationId },
    );
    if (!conversation) throw new Error(`${viewer} can't see the conversation`);
    return conversation.participants.nodes.map(({ user, ...participant }) => ({
      ...participant,
      name: this.nameOf(user.id),
    }));
  }

  /** One of the people of the conversation, as someone sees them. */
  async participant(viewer: string, name: string): Promise<ParticipantView> {
    const all = await this.participants(viewer);
    const found = all.find((participant) => participant.name === name);
    if (!found) throw new Error(`${name} is no participant`);
    return found;
  }

  /** The cursor of the conversation's stream. */
  async cursor(name: string): Promise<string> {
    const { conversation } = await this.get<{
      conversation: { cursor: string } | null;
    }>(name, `query ($id: ID!) { conversation(id: $id) { cursor } }`, {
      id: this.conversationId,
    });
    if (!conversation) throw new Error(`${name} can't see the conversation`);
    return conversation.cursor;
  }

  /** The changes in the conversation since a cursor, as someone sees them. */
  async changesSince(
    name: string,
    after: string,
  ): Promise<readonly StatusChange[]> {
    const changes: StatusChange[] = [];
    for (let cursor = after; ;) {
      const { statusChanges } = await this.get<{
        statusChanges: {
          nodes: StatusChange[];
          hasNextPage: boolean;
          endCursor: string;
        };
      }>(
        name,
        `query ($after: Cursor!, $id: ID) {
          statusChanges(after: $after, conversationId: $id, first: 4) {
            nodes { ${changeFields} } hasNextPage endCursor
          }
        }`,
        { after: cursor, id: this.conversationId },
      );
      changes.push(...statusChanges.nodes);
      if (!statusChanges.hasNextPage) return changes;
      cursor = statusChanges.endCursor;
    }
  }

  /**
   * Someone watches the conversation's status from a cursor on, or from now. Give a cursor where
   * the very next change must be seen: a subscription without a cursor begins when the server gets to it.
   */
  watch(
    name: string,
    after: string | null,
    { sentByViewer = false, fields = changeFields } = {},
  ): Events<{ messageStatusChanged: StatusChange }> {
    return this.server.connect(this.id(name)).subscribe(
      `subscription ($id: ID, $after: Cursor, $sentByViewer: Boolean! = false) {
        messageStatusChanged(conversationId: $id, after: $after, sentByViewer: $sentByViewer) {
          ${fields}
        }
      }`,
      { id: this.conversationId, after, sentByViewer },
    );
  }

  /** A page of recipients with short names. */
  named({ nodes }: RecipientsPage): Recipient[] {
    return nodes.map(({ user, ...recipient }) => ({
      name: this.nameOf(user.id),
      ...recipient,
    }));
  }

  private async markOne(
    name: string,
    mutation: "markDelivered" | "markRead",
    { id }: Message,
  ): Promise<Marked> {
    const { marked } = await this.get<{ marked: Marked }>(
      name,
      `mutation ($id: ID!) { marked: ${mutation}(input: { messageId: $id }) { changed cursor } }`,
      { id },
    );
    return marked;
  }

  private async markUpTo(
    name: string,
    mutation: "bulkMarkDelivered" | "bulkMarkRead",
    { id }: Message,
  ): Promise<Marked> {
    const { marked } = await this.get<{ marked: Marked }>(
      name,
      `mutation ($conversationId: ID!, $id: ID!) {
        marked: ${mutation}(input: { conversationId: $conversationId, upToMessageId: $id }) {
          changed cursor
        }
      }`,
      { conversationId: this.conversationId, id },
    );
    return marked;
  }

  private async setReadReceipts(name: string, enabled: boolean): Promise<void> {
    await this.get(
      name,
      `mutation ($enabled: Boolean!) {
        setReadReceipts(input: { enabled: $enabled }) { viewer { readReceipts } }
      }`,
      { enabled },
    );
  }
}

const participationDocument = `mutation ($input: SetParticipationInput!) {
  setParticipation(input: $input) { participant { participation } conversation { id } }
}`;
const updateDocument = `mutation ($input: UpdateConversationInput!) {
  updateConversation(input: $input) { conversation { title receiptPolicy } }
}`;

/** The document of {@link Chat.send}. */
export const sendDocument = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { ${messageFields} } duplicate }
}`;

/** The data of an answer; throws where it holds errors. */
export function dataOf<T>({ data, errors }: Answer<T>): T {
  if (errors || data === null || data === undefined)
    throw new Error(`the API answered ${JSON.stringify(errors)}`);
  return data;
}

/** The code of an answer's one error; throws where there is none, or more than one. */
export function codeOf({ errors }: Answer<unknown>): string | undefined {
  if (errors?.length !== 1)
    throw new Error(`expected one error, got ${JSON.stringify(errors ?? [])}`);
  return errors[0]?.extensions?.code;
}
